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
import math
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from http import HTTPStatus

from facecore.contract import Decision, ErrorCode
from recognizer.domain.clock import Clock, Clocks, Monotonic, Reading, monotonic_s
from recognizer.domain.errors import StoreUnavailable
from recognizer.domain.ports import FLUSH_EVERY, FLUSH_REQUESTS, Counters, DayCounters
from recognizer.domain.request_report import Operation, RecognitionReport, RequestReport

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
            # Anybody may call health without a token, which must not trigger a write; nor must
            # refusals under overload, of which there are hundreds a second.
            self._waiting += (
                report.operation != Operation.HEALTH and report.code != ErrorCode.OVERLOADED
            )
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


# Names of the counters: letters, digits and underscores.
#
# The names are ``requests``, ``billed_ms``, ``recognitions``, ``videos``, ``tracks`` and
# ``crops``; ``faces_`` and a decision or ``refused``; ``face_`` and the quality gate's reason;
# ``photo_`` and why a photo was not enrolled; ``ms_``, a stage and a class of times.


REQUESTS, BILLED_MS, RECOGNITIONS, VIDEOS = "requests", "billed_ms", "recognitions", "videos"
TRACKS, CROPS = "tracks", "crops"
FACES, FACE, PHOTO, STAGE = "faces_", "face_", "photo_", "ms_"
REFUSED = "refused"
STAGES = ("decode", "detect", "align", "embed", "match", "record", "total")

_OF_A_PHOTO = frozenset(
    {
        ErrorCode.NO_FACE,
        ErrorCode.SEVERAL_FACES,
        ErrorCode.FACE_TOO_SMALL,
        ErrorCode.FACE_BLURRED,
        ErrorCode.FACE_TOO_DARK,
        ErrorCode.FACE_TOO_BRIGHT,
        ErrorCode.FACE_TURNED_AWAY,
        ErrorCode.FACE_OF_ANOTHER_PERSON,
        ErrorCode.IMAGE_EMPTY,
        ErrorCode.IMAGE_TOO_LARGE,
        ErrorCode.IMAGE_TOO_MANY_PIXELS,
        ErrorCode.IMAGE_UNSUPPORTED,
        ErrorCode.IMAGE_TRUNCATED,
    }
)


def counts_of(report: RequestReport) -> Counter[str]:
    """Return what one request adds to the day's counters; no caller or person is in it."""
    counts = Counter({REQUESTS: 1, BILLED_MS: math.ceil(report.duration_ms)})
    if report.code in _OF_A_PHOTO and report.operation != Operation.RECOGNIZE:
        counts[f"{PHOTO}{report.code}"] += 1
    if report.operation == Operation.ANNOUNCE_VIDEO and report.status == HTTPStatus.CREATED:
        counts[VIDEOS] += 1
    if report.operation == Operation.REPORT_TRACK and report.code is None:
        counts[TRACKS] += 1
    if report.recognition is not None:
        counts.update(_recognized(report.recognition))
    return +counts


def classes_of(counts: Mapping[str, int], stage: str) -> dict[int, int]:
    """Return the number of times of a stage in each class."""
    return {int(number): n for number, n in below(counts, f"{STAGE}{stage}_")}


def below(counts: Mapping[str, int], prefix: str) -> Iterator[tuple[str, int]]:
    """Yield the counts whose name begins with ``prefix``, by the rest of the name."""
    for name, count in counts.items():
        if name.startswith(prefix):
            yield name.removeprefix(prefix), count


def _recognized(report: RecognitionReport) -> Counter[str]:
    counts = Counter({RECOGNITIONS: 1, CROPS: report.crops, f"{FACES}{REFUSED}": report.refused})
    counts.update({f"{FACES}{decision}": n for decision, n in report.decisions.items()})
    counts[f"{FACES}{Decision.UNKNOWN}"] -= report.refused  # they are answered as unknown
    counts.update({f"{FACE}{reason}": n for reason, n in report.reasons.items()})
    counts.update({f"{STAGE}{stage}_{class_of(ms)}": 1 for stage, ms in report.stages_ms.items()})
    return counts


# Histogram of times: they are counted in classes, and percentiles are read from the counts.
#
# Class 0 is below 0.1 ms. Each further class ends 20 % above its beginning. The last one, from
# about a minute on, has no end. So counts can be added, and a percentile is exact to within 20
# %.


_FIRST_MS = 0.1
_GROWTH = 1.2
CLASSES = 75


def class_of(ms: float) -> int:
    """Return the class that a time falls into."""
    if ms < _FIRST_MS:
        return 0
    # A tiny bit more, so that a class's lower end is within it however the logarithm is rounded.
    steps = math.log(ms / _FIRST_MS) / math.log(_GROWTH) + 1e-9
    return min(CLASSES - 1, 1 + int(steps))


def bounds_ms(number: int) -> tuple[float, float]:
    """Return where a class begins and ends; the last has no end, so its beginning is both."""
    if number == 0:
        return 0.0, _FIRST_MS
    low = _FIRST_MS * _GROWTH ** (number - 1)
    return low, low if number == CLASSES - 1 else low * _GROWTH


def percentile_ms(counts: Mapping[int, int], share: float) -> float:
    """Return the percentile for this share of all times, interpolated within its class.

    Args:
        counts: number of times in each class; at least one time.
        share: from 0 to 1.
    """
    wanted, before = share * sum(counts.values()), 0
    found = 0.0
    for number, count in sorted(counts.items()):
        if count <= 0:
            continue
        low, high = bounds_ms(number)
        found = low + (high - low) * min(1.0, (wanted - before) / count)
        before += count
        if before >= wanted:
            break
    return found
