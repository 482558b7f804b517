"""Counters of requests in memory, which are written to the store from time to time.

One write per request would double a request's cost. So a process writes with its first request,
and then with the first request ``FLUSH_EVERY`` after the last write, or after ``FLUSH_REQUESTS``
requests. It writes after the answer is sent, and on Lambda before the invocation ends, because the
process may then be frozen for ever.

Counts since the last write may be lost: fewer than ``FLUSH_REQUESTS`` requests of a process that is
killed, or of a function's process that gets no further request. A process that is closed writes
first. The counts of one write may be added twice if the store's answer was lost.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from datetime import date

from recognizer.domain.clock import Clock, Clocks, Monotonic, Reading, monotonic_s
from recognizer.domain.errors import StoreUnavailable
from recognizer.domain.ports import FLUSH_EVERY, FLUSH_REQUESTS, Counters, DayCounters
from recognizer.domain.request_report import Operation, RequestReport
from recognizer.use_cases.statistics.names import counts_of

logger = logging.getLogger(__name__)

_MOST_DAYS = 7
"""Most days that are held in memory while the store is unavailable."""
_STORE_IS_AWAY = 503
"""The status of a request that waited for the store in vain; it must not wait again."""


class RequestCounters:
    """Counts requests. Thread-safe; a fixed set of names bounds its memory."""

    def __init__(self, counters: Counters, now: Clock, monotonic: Monotonic = monotonic_s) -> None:
        self._counters = counters
        self._clocks = Clocks(now, monotonic)
        self._lock = threading.Lock()
        self._counts: dict[date, Counter[str]] = {}
        self._waiting = 0
        self._flushed: Reading | None = None

    def count(self, report: RequestReport) -> bool:
        """Count a request, and return whether it is time to write."""
        counts, now = counts_of(report), self._clocks.read()
        with self._lock:
            self._counts.setdefault(now.time.date(), Counter()).update(counts)
            # Anybody may call health without a token, which must not trigger a write.
            self._waiting += report.operation != Operation.HEALTH
            due = report.status != _STORE_IS_AWAY and self._is_time(now)
            if due:  # so that no other thread writes too
                self._flushed, self._waiting = now, 0
            return due

    def flush(self) -> None:
        """Write the counts; if the store is unavailable, log that and keep them."""
        for day, counts in self._taken().items():
            try:
                self._counters.add(DayCounters(day, counts))
            except StoreUnavailable as error:
                logger.warning("counters are not written yet, to be retried: %s", error)
                self._put_back(day, counts)

    def _is_time(self, now: Reading) -> bool:
        if self._flushed is None or self._waiting >= FLUSH_REQUESTS:
            return True
        return now.elapsed_s(self._flushed) >= FLUSH_EVERY.total_seconds()

    def _taken(self) -> dict[date, Counter[str]]:
        with self._lock:
            taken, self._counts = self._counts, {}
            return taken

    def _put_back(self, day: date, counts: Counter[str]) -> None:
        with self._lock:
            self._counts.setdefault(day, Counter()).update(counts)
            while len(self._counts) > _MOST_DAYS:
                del self._counts[min(self._counts)]
