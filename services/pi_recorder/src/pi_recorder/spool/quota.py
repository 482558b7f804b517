"""Keep the spool within its quota: drop segments in the order that the package promises."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from pydantic import ByteSize

from pi_recorder.errors import SpoolFull
from pi_recorder.spool.loss_journal import LossJournal
from pi_recorder.spool.segment import Segment, SegmentIndex


@dataclass(frozen=True, slots=True)
class QuotaPolicy:
    """How much room the spool may take, and what may be dropped when it is short.

    Attributes:
        max_bytes: that all its files may have together; None for no bound of its own.
        min_free_bytes: that stay free on its disk.
        keep_uploaded: a confirmed segment is kept until its room is needed.
        drop_oldest_queued: when there is no room, what was never uploaded may go.
    """

    max_bytes: int | None = None
    min_free_bytes: int = 0
    keep_uploaded: bool = False
    drop_oldest_queued: bool = False

    def shortage(self, *, used: int, free: int, wanted: int) -> int:
        """Bytes that must go so that ``wanted`` more have room; 0 or less: none."""
        by_disk = self.min_free_bytes + wanted - free
        return by_disk if self.max_bytes is None else max(by_disk, used + wanted - self.max_bytes)

    def explained(self, *, used: int, free: int) -> str:
        """Why there is no room, and what would help."""
        bound = "" if self.max_bytes is None else f" of at most {_size(self.max_bytes)}"
        advice = (
            "bring uploads back, or give it more"
            if self.drop_oldest_queued
            else "bring uploads back, give it more, or let it drop the oldest that wait "
            "(PI_RECORDER_DROP_OLDEST_QUEUED)"
        )
        return (
            f"no room for video: the spool has {_size(used)}{bound}, and its disk {_size(free)} "
            f"free, of which {_size(self.min_free_bytes)} stay free; {advice}"
        )


@dataclass(frozen=True, slots=True)
class Dropped:
    """A segment that had to go: why, and whether the store has it."""

    segment: Segment
    reason: str
    uploaded: bool


class Quota:
    """What the spool may take of its disk. Not thread-safe."""

    def __init__(
        self, policy: QuotaPolicy, queued: SegmentIndex, uploaded: SegmentIndex, losses: LossJournal
    ) -> None:
        self._policy = policy
        self._queued = queued
        self._uploaded = uploaded
        self._losses = losses

    @property
    def free(self) -> int:
        """Bytes that are free on the disk. Raises ``OSError``."""
        return shutil.disk_usage(self._queued.folder).free

    def has(self, size: int) -> bool:
        """Whether a file of so many bytes may be written beside all that is there."""
        return self.free - size >= self._policy.min_free_bytes

    def make(self, wanted: int, *, torn: int, held: Segment | None) -> list[Dropped]:
        """Drops no more than it must, so that ``wanted`` bytes have room.

        Args:
            wanted: bytes of the next segment, as far as one can know.
            torn: bytes of the files that are still to be repaired.
            held: is being sent, and stays.

        Raises:
            SpoolFull: not enough may go; then nothing went.
        """
        used, free = self._queued.bytes + self._uploaded.bytes + torn, self.free
        short = self._policy.shortage(used=used, free=free, wanted=wanted)
        if short <= 0:
            return []
        reason = self._policy.explained(used=used, free=free)
        going = self._going(short, held)
        if going is None:
            raise SpoolFull(reason)
        return [self._drop(segment, reason) for segment in going]

    def _going(self, short: int, held: Segment | None) -> list[Segment] | None:
        """The first that give so many bytes, in the order in which they go; None: not enough."""
        found = []
        for segment in self._may_go(held):
            found.append(segment)
            short -= self._uploaded.size(segment) or self._queued.size(segment)
            if short <= 0:
                return found
        return None

    def _may_go(self, held: Segment | None) -> list[Segment]:
        uploaded = self._uploaded.segments()
        if not self._policy.drop_oldest_queued:
            return uploaded
        return uploaded + [segment for segment in self._queued.segments() if segment != held]

    def _drop(self, segment: Segment, reason: str) -> Dropped:
        uploaded = segment.path.parent == self._uploaded.folder
        if not uploaded:
            try:
                self._losses.drop(segment)
            except OSError as error:
                raise SpoolFull(f"{reason}; the loss can't even be written down") from error
        segment.path.unlink(missing_ok=True)
        (self._uploaded if uploaded else self._queued).discard(segment)
        return Dropped(segment, reason, uploaded)


def finish_drops(queued: SegmentIndex, losses: LossJournal) -> None:
    """Deletes what was written down as dropped, but not deleted before a kill came."""
    for segment in queued.segments():
        if segment.path.name in losses.dropped:
            segment.path.unlink()
            queued.discard(segment)
    losses.fold()


def _size(amount: int) -> str:
    return ByteSize(amount).human_readable()
