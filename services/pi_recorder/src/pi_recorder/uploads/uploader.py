"""Upload the queued segments; delete none that the store has not confirmed.

A network failure delays all segments, because the next one would fail too. A refused segment waits
alone, longer each time, so that it does not block others; but while no upload succeeds, the pauses
between all attempts grow too.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from threading import Event

from facecore.retry import Backoff
from pi_recorder.events import (
    PartialSegmentSetAside,
    Publish,
    SegmentRecovered,
    SegmentRefused,
    SegmentUploaded,
    UploadsAway,
    UploadsBack,
)
from pi_recorder.settings.values import UploadOrder, UploadSchedule
from pi_recorder.spool import Segment, Spool
from pi_recorder.uploads.sending import SegmentRejected, StoreAway, VideoStore, send

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


_SHORTEST_CALL_S = 0.1
_POLL_INTERVAL_S = 1.0
_SLOWEST_BYTES_PER_S = 4096
"""Minimum upload speed. An upload that makes no progress for ``stall_s`` seconds is aborted."""


class Uploader:
    """Uploads segments on a thread of its own, and recovers partial segments before.

    Args:
        stall_s: an upload without progress for so long is aborted and retried.
        first_pause_s: after the first failure; it doubles up to two minutes.
        bytes_per_s: highest speed; None for no limit.
        schedule: when it may send; None for always.
    """

    def __init__(
        self,
        spool: Spool,
        store: VideoStore,
        publish: Publish,
        *,
        stall_s: float,
        first_pause_s: float = 1.0,
        bytes_per_s: int | None = None,
        schedule: UploadSchedule | None = None,
        order: UploadOrder = UploadOrder.OLDEST,
    ) -> None:
        self._spool = spool
        self._store = store
        self._publish = publish
        self._stall_s = stall_s
        self._bytes_per_s = bytes_per_s
        self._schedule = schedule
        self._scheduler = UploadScheduler(order, first_pause_s=first_pause_s)
        self._finishing = Event()
        self._ends_at: float | None = None
        self._away: tuple[float, str] | None = None

    def finish(self, within_s: float) -> None:
        """Let ``run`` end when the queue is empty, or after ``within_s`` seconds."""
        self._ends_at = time.monotonic() + within_s
        self._finishing.set()

    def run(self) -> None:
        """Upload until ``finish``; segments that are left stay in the spool."""
        while (pause := self._step()) is not None:
            self._finishing.wait(pause)
            self._finishing.clear()

    def _step(self) -> float | None:
        """Send a segment if one is due; return the seconds until the next, or None at the end."""
        self._recover()
        now, queued = time.monotonic(), self._spool.queued()
        shut = self._schedule is not None and not self._schedule.is_open(
            datetime.now().astimezone()
        )
        if self._ends_at is not None and (shut or not queued or now >= self._ends_at):
            return None
        segment = None if shut else self._scheduler.next(queued, now)
        if segment is None:
            return self._scheduler.pause(now, _POLL_INTERVAL_S)
        with self._spool.held(segment):
            self._send(segment)
        return 0.0

    def _recover(self) -> None:
        while recovered := self._spool.recover():
            if recovered.segment is not None:
                self._publish(SegmentRecovered(recovered.segment))
            if recovered.set_aside is not None:
                self._publish(PartialSegmentSetAside(recovered.set_aside))

    def _send(self, segment: Segment) -> None:
        try:
            key = send(
                self._store,
                segment,
                deadline_s=self._deadline_s(segment.path.stat().st_size),
                stall_s=self._stall_s,
                bytes_per_s=self._bytes_per_s,
            )
        except FileNotFoundError:
            self._spool.forget(segment)  # somebody removed it by hand
        except StoreAway as error:
            self._failed(str(error))
        except SegmentRejected as error:
            self._scheduler.refused(segment, time.monotonic())
            self._publish(SegmentRefused(segment, str(error)))
        else:
            self._done(segment, key)

    def _deadline_s(self, size: int) -> float:
        slowest = min(_SLOWEST_BYTES_PER_S, (self._bytes_per_s or _SLOWEST_BYTES_PER_S) / 2)
        enough = self._stall_s + size / slowest
        if self._ends_at is None:
            return enough
        return max(_SHORTEST_CALL_S, min(enough, self._ends_at - time.monotonic()))

    def _done(self, segment: Segment, key: str) -> None:
        self._spool.confirm(segment)
        self._scheduler.succeeded(segment)
        if self._away is not None:
            self._publish(UploadsBack(time.monotonic() - self._away[0]))
            self._away = None
        self._publish(SegmentUploaded(segment, key))

    def _failed(self, reason: str) -> None:
        now = time.monotonic()
        self._scheduler.failed(now)
        if self._away is None:
            self._away = now, reason
            self._publish(UploadsAway(reason))
