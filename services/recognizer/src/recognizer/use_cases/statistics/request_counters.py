"""Counts requests in memory, and writes them down now and then.

One write a request would double what a request costs, so a process writes with its first request,
and then with the first one that comes ``FLUSH_EVERY`` after the last write, or ``FLUSH_REQUESTS``
later. It writes after the answer is out, and on Lambda before the invocation ends, for the process
may be frozen then and never wake up again.

What may be lost: what came since the last write, which is less than ``FLUSH_REQUESTS`` requests of
a process that is killed, or of a function's process that gets no other request. A process that is
closed writes first. What may be there twice: what one write held, if its answer was lost.
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
"""That are kept while the store is away."""
_STORE_IS_AWAY = 503
"""A request that waited for the store in vain does not wait for it again."""


class RequestCounters:
    """Thread-safe; its memory is bounded, for there are only so many names."""

    def __init__(self, counters: Counters, now: Clock, monotonic: Monotonic = monotonic_s) -> None:
        self._counters = counters
        self._clocks = Clocks(now, monotonic)
        self._lock = threading.Lock()
        self._counts: dict[date, Counter[str]] = {}
        self._waiting = 0
        self._flushed: Reading | None = None

    def count(self, report: RequestReport) -> bool:
        """Counts a request; whether it is time to write."""
        counts, now = counts_of(report), self._clocks.read()
        with self._lock:
            self._counts.setdefault(now.time.date(), Counter()).update(counts)
            # Anybody may call health without a token; that must not bring a write forward.
            self._waiting += report.operation != Operation.HEALTH
            due = report.status != _STORE_IS_AWAY and self._is_time(now)
            if due:  # nobody else comes to write the same
                self._flushed, self._waiting = now, 0
            return due

    def flush(self) -> None:
        """Writes what is counted; without a store it stays for the next time, which is logged."""
        for day, counts in self._taken().items():
            try:
                self._counters.add(DayCounters(day, counts))
            except StoreUnavailable as error:
                logger.warning("counts wait to be written: %s", error)
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
