"""Choose the next segment to upload, and the pauses after a failure.

A network failure delays all segments, because the next one would fail too. A refused segment waits
alone, longer each time, so that it does not block others; but while no upload succeeds, the pauses
between all attempts grow too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from facecore.retry import Backoff
from pi_recorder.settings.choices import UploadOrder
from pi_recorder.spool import Segment

_LONGEST_PAUSE_S = 120.0
_LONGEST_REFUSAL_S = 3600.0


class UploadScheduler:
    """The order and the pauses of uploads; all times are seconds on the monotonic clock."""

    def __init__(self, order: UploadOrder, *, first_pause_s: float) -> None:
        self._order = order
        self._first_s = first_pause_s
        self._all = Backoff(first_s=first_pause_s, longest_s=_LONGEST_PAUSE_S)
        self._all_from = 0.0
        self._each: dict[Segment, Backoff] = {}
        self._each_from: dict[Segment, float] = {}
        self._refusals: Counter[Segment] = Counter()

    def next(self, queued: Sequence[Segment], now: float) -> Segment | None:
        """Return the segment to send now, if one is due; the least often refused comes first."""
        self._forget_but(queued)
        if now < self._all_from:
            return None
        ordered: Iterable[Segment] = queued
        if self._order is UploadOrder.NEWEST:
            ordered = reversed(queued)
        due = (one for one in ordered if self._each_from.get(one, 0.0) <= now)
        return min(due, key=lambda one: self._refusals[one], default=None)

    def pause(self, now: float, longest_s: float) -> float:
        """Return the seconds until a segment may be due, at most ``longest_s``."""
        soonest = max(self._all_from, min(self._each_from.values(), default=0.0))
        return min(soonest - now, longest_s) if soonest > now else longest_s

    def succeeded(self, segment: Segment) -> None:
        """Note that the store has confirmed a segment."""
        self._all.succeeded()
        self._each.pop(segment, None)
        self._each_from.pop(segment, None)
        self._refusals.pop(segment, None)

    def failed(self, now: float) -> None:
        """Note that nothing can be sent now."""
        self._all_from = now + self._all.failed()

    def refused(self, segment: Segment, now: float) -> None:
        """Note that this segment was refused."""
        own = self._each.setdefault(
            segment, Backoff(first_s=self._first_s, longest_s=_LONGEST_REFUSAL_S)
        )
        self._each_from[segment] = now + own.failed()
        self._refusals[segment] += 1
        self.failed(now)

    def _forget_but(self, queued: Sequence[Segment]) -> None:
        """Forget segments that are no longer queued, so that memory stays bounded."""
        if len(self._each) > len(queued):
            gone = self._each.keys() - set(queued)
            for segment in gone:
                del self._each[segment], self._each_from[segment], self._refusals[segment]
