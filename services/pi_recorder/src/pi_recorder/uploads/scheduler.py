"""Choose the next segment to upload, and how long all or one of them wait after a failure.

A failure of the network holds up all segments, for the next one would fail too. A segment that is
refused waits by itself, longer each time, so that it holds up no other; but as long as no upload
succeeds, the pauses between attempts grow as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from pi_recorder.backoff import Backoff
from pi_recorder.settings.choices import UploadOrder
from pi_recorder.spool import Segment

_LONGEST_PAUSE_S = 120.0
_LONGEST_REFUSAL_S = 3600.0


class UploadScheduler:
    """Chooses segments; all times are seconds on the monotonic clock."""

    def __init__(self, order: UploadOrder, *, first_pause_s: float) -> None:
        self._order = order
        self._first_s = first_pause_s
        self._all = Backoff(first_s=first_pause_s, longest_s=_LONGEST_PAUSE_S)
        self._all_from = 0.0
        self._each: dict[Segment, Backoff] = {}
        self._each_from: dict[Segment, float] = {}
        self._refusals: Counter[Segment] = Counter()

    def next(self, queued: Sequence[Segment], now: float) -> Segment | None:
        """The segment to send now, if one is due; rather one that was not refused yet."""
        self._forget_but(queued)
        if now < self._all_from:
            return None
        ordered: Iterable[Segment] = queued
        if self._order is UploadOrder.NEWEST:
            ordered = reversed(queued)
        due = (one for one in ordered if self._each_from.get(one, 0.0) <= now)
        return min(due, key=lambda one: self._refusals[one], default=None)

    def pause(self, now: float, longest_s: float) -> float:
        """Seconds until one may be due, no more than ``longest_s``."""
        soonest = max(self._all_from, min(self._each_from.values(), default=0.0))
        return min(soonest - now, longest_s) if soonest > now else longest_s

    def succeeded(self, segment: Segment) -> None:
        """The store has it."""
        self._all.succeeded()
        self._each.pop(segment, None)
        self._each_from.pop(segment, None)
        self._refusals.pop(segment, None)

    def failed(self, now: float) -> None:
        """Nothing can be sent."""
        self._all_from = now + self._all.failed()

    def refused(self, segment: Segment, now: float) -> None:
        """This one was not taken."""
        own = self._each.setdefault(
            segment, Backoff(first_s=self._first_s, longest_s=_LONGEST_REFUSAL_S)
        )
        self._each_from[segment] = now + own.failed()
        self._refusals[segment] += 1
        self.failed(now)

    def _forget_but(self, queued: Sequence[Segment]) -> None:
        """Of what was dropped nothing is remembered, so that a year's run does not grow."""
        if len(self._each) > len(queued):
            gone = self._each.keys() - set(queued)
            for segment in gone:
                del self._each[segment], self._each_from[segment], self._refusals[segment]
