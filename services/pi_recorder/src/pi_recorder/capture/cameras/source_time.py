"""A source's own time stamps, placed on our clock."""

from __future__ import annotations

from datetime import datetime

from pi_recorder.clock import Timeline

_DRIFT = 0.001
"""How much faster than ours a source's clock may run, in seconds a second."""
_LATEST_S = 10.0
_LEAST_STEP_S = 0.001


class SourceTime:
    """Takes the frames' distances from the source, and where they are in time from their arrival.

    A frame comes late by what its way took, and never early. So the earliest arrivals tell where
    the source's zero is, and a burst after a hold-up keeps its own distances.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._zero: float | None = None
        self._arrived = 0.0
        self._last = 0.0

    def at(self, stamp_s: float | None) -> datetime:
        """When the frame that has just arrived was captured: later than the one before."""
        arrived = self._timeline.count()
        at = arrived if stamp_s is None else stamp_s + self._zero_at(arrived, arrived - stamp_s)
        self._last = max(at, self._last + _LEAST_STEP_S)
        return self._timeline.at(self._last)

    def _zero_at(self, arrived: float, zero: float) -> float:
        if self._zero is None or zero - self._zero > _LATEST_S:
            self._zero = zero  # the first one, or the source began anew
        drifted = self._zero + _DRIFT * (arrived - self._arrived)
        self._zero, self._arrived = min(zero, drifted), arrived
        return self._zero
