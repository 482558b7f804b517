"""Keep the spool within its quota: drop segments in the order that the package documents."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from pydantic import ByteSize

from pi_recorder.errors import SpoolFull
from pi_recorder.spool.loss_journal import LossJournal
from pi_recorder.spool.segment import Segment, SegmentIndex


@dataclass(frozen=True, slots=True)
class QuotaPolicy:
    """How much room the spool may take, and what may be dropped when there is too little.

    Attributes:
        max_bytes: limit of all its files together; None for no limit.
        min_free_bytes: bytes that stay free on its disk.
        keep_uploaded: whether a confirmed segment is kept until its room is needed.
        drop_oldest_queued: whether a segment that was never uploaded may be dropped.
    """

    max_bytes: int | None = None
    min_free_bytes: int = 0
    keep_uploaded: bool = False
    drop_oldest_queued: bool = False

    def shortage(self, *, used: int, free: int, wanted: int) -> int:
        """Return how many bytes must be freed for ``wanted`` more; none if it is 0 or less."""
        by_disk = self.min_free_bytes + wanted - free
        return by_disk if self.max_bytes is None else max(by_disk, used + wanted - self.max_bytes)

    def explained(self, *, used: int, free: int) -> str:
        """Explain why there is no room, and what helps."""
        bound = "" if self.max_bytes is None else f" of at most {_size(self.max_bytes)}"
        advice = (
            "restore the uploads, or allow more space"
            if self.drop_oldest_queued
            else "restore the uploads, allow more space, or let the spool drop the oldest queued "
            "segments (PI_RECORDER_DROP_OLDEST_QUEUED)"
        )
        return (
            f"no room for video: the spool holds {_size(used)}{bound}; its disk has "
            f"{_size(free)} free, and {_size(self.min_free_bytes)} must stay free; {advice}"
        )


@dataclass(frozen=True, slots=True)
class Dropped:
    """A dropped segment, with the reason, and whether the store has it."""

    segment: Segment
    reason: str
    uploaded: bool


class Quota:
    """Makes room in the spool by the policy. Not thread-safe."""

    def __init__(
        self, policy: QuotaPolicy, queued: SegmentIndex, uploaded: SegmentIndex, losses: LossJournal
    ) -> None:
        self._policy = policy
        self._queued = queued
        self._uploaded = uploaded
        self._losses = losses

    @property
    def free(self) -> int:
        """Free bytes of the disk. Raises ``OSError``."""
        return shutil.disk_usage(self._queued.folder).free

    def has(self, size: int) -> bool:
        """Return whether there is room for one more file of ``size`` bytes."""
        return self.free - size >= self._policy.min_free_bytes

    def make_room(self, wanted: int, *, partial: int, held: Segment | None) -> list[Dropped]:
        """Drop as few segments as possible, so that ``wanted`` bytes have room.

        Args:
            wanted: estimated bytes of the next segment.
            partial: bytes of the partial segments that are still to be recovered.
            held: the segment that is being sent and stays.

        Raises:
            SpoolFull: not enough may be dropped; then nothing is dropped.
        """
        used, free = self._queued.bytes + self._uploaded.bytes + partial, self.free
        short = self._policy.shortage(used=used, free=free, wanted=wanted)
        if short <= 0:
            return []
        reason = self._policy.explained(used=used, free=free)
        chosen = self._chosen(short, held)
        if chosen is None:
            raise SpoolFull(reason)
        return [self._drop(segment, reason) for segment in chosen]

    def _chosen(self, short: int, held: Segment | None) -> list[Segment] | None:
        """Return the first segments to drop that free ``short`` bytes; None if all are too few."""
        found = []
        for segment in self._droppable(held):
            found.append(segment)
            short -= self._uploaded.size(segment) or self._queued.size(segment)
            if short <= 0:
                return found
        return None

    def _droppable(self, held: Segment | None) -> list[Segment]:
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
                raise SpoolFull(f"{reason}; the loss journal can't be written either") from error
        segment.path.unlink(missing_ok=True)
        (self._uploaded if uploaded else self._queued).discard(segment)
        return Dropped(segment, reason, uploaded)


def finish_drops(queued: SegmentIndex, losses: LossJournal) -> None:
    """Delete the segments that the journal lists as dropped and that a kill left on the disk."""
    for segment in queued.segments():
        if segment.path.name in losses.dropped:
            segment.path.unlink()
            queued.discard(segment)
    losses.fold()


def _size(amount: int) -> str:
    return ByteSize(amount).human_readable()
