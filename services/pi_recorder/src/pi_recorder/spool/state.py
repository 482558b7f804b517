"""How the spool is doing, for whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpoolState:
    """At one moment.

    Attributes:
        queued: segments that wait for their upload.
        oldest_queued_age_s: since the first frame of the oldest of them; None without any.
        uploaded: segments that the store has and that are kept here too.
        torn: files that a kill left and that are still to be repaired.
        free_bytes: on the spool's disk.
        dropped_s: of video that was never uploaded and had to go, in all runs.
        paused_s: that were not filmed for want of room, in all runs, without the pause of now.
        paused: whether recording waits for room now.
    """

    queued: int
    queued_bytes: int
    oldest_queued_age_s: float | None
    uploaded: int
    uploaded_bytes: int
    torn: int
    free_bytes: int
    dropped_s: float
    paused_s: float
    paused: bool

    @property
    def lost_s(self) -> float:
        """Seconds lost for want of room, in all runs."""
        return self.dropped_s + self.paused_s
