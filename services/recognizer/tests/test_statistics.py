"""Test how counts are gathered, and what is read from them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from facecore.contract import Decision, QualityReason
from recognizer.bootstrap import open_stores
from recognizer.domain.errors import StoreUnavailable
from recognizer.domain.ports import FLUSH_EVERY, FLUSH_REQUESTS, Counters, DayCounters, Stores
from recognizer.domain.request_report import Operation, RecognitionReport, RequestReport
from recognizer.settings import Settings
from recognizer.use_cases import request_counters
from recognizer.use_cases.request_counters import RequestCounters, counts_of
from services.recognizer.tests.service import NOON, SettableClock, service_on


def request(
    operation: str = Operation.RECOGNIZE,
    *,
    status: int = 200,
    code: str | None = None,
    recognition: RecognitionReport | None = None,
) -> RequestReport:
    return RequestReport(
        "id", "POST", "/", status, code, 12.3, "door", recognition, operation=operation
    )


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def stores(tmp_path: Path, clock: SettableClock) -> Iterator[Stores]:
    stores = open_stores(Settings(data_dir=tmp_path), now=clock)
    yield stores
    stores.close()


def kept(stores: Stores, days_later: int = 0) -> int:
    day = NOON.date() + timedelta(days=days_later)
    return sum(one.counts["requests"] for one in stores.counters.list(day, day))


def test_a_process_writes_first_at_once_and_then_once_a_minute(
    stores: Stores, clock: SettableClock
) -> None:
    counters = RequestCounters(stores.counters, clock)
    assert counters.count(request())
    counters.flush()
    assert kept(stores) == 1
    assert not counters.count(request())
    clock.move(FLUSH_EVERY)
    assert counters.count(request())
    assert not counters.count(request()), "somebody is writing already"
    counters.flush()
    assert kept(stores) == 4


def test_a_process_writes_also_after_the_clock_was_set_back(
    stores: Stores, clock: SettableClock
) -> None:
    counters = RequestCounters(stores.counters, clock, clock.monotonic)
    assert counters.count(request())
    clock.jump(-timedelta(days=400))
    assert counters.count(request())
    assert not counters.count(request())
    clock.jump(FLUSH_EVERY)
    assert counters.count(request())


def test_a_process_with_much_to_do_writes_after_so_many_requests(
    stores: Stores, clock: SettableClock
) -> None:
    counters = RequestCounters(stores.counters, clock)
    due = [counters.count(request()) for _ in range(1 + 2 * FLUSH_REQUESTS)]
    assert [number for number, one in enumerate(due) if one] == [
        0,
        FLUSH_REQUESTS,
        2 * FLUSH_REQUESTS,
    ]


def test_a_request_is_of_the_day_on_which_it_was_counted(
    stores: Stores, clock: SettableClock
) -> None:
    counters = RequestCounters(stores.counters, clock)
    counters.count(request())
    clock.move(timedelta(hours=12))
    counters.count(request())
    counters.flush()
    assert [kept(stores, days) for days in (0, 1)] == [1, 1]


@dataclass
class InterruptibleCounters:
    """Counters whose store is unavailable while ``away`` is true."""

    counters: Counters
    away: bool = True

    def add(self, counters: DayCounters) -> None:
        if self.away:
            raise StoreUnavailable("the disk is full")
        self.counters.add(counters)

    def list(self, since: date, until: date) -> list[DayCounters]:
        return self.counters.list(since, until)


def test_counts_that_an_unavailable_store_refuses_are_written_later(
    stores: Stores, clock: SettableClock
) -> None:
    store = InterruptibleCounters(stores.counters)
    counters = RequestCounters(store, clock)
    counters.count(request())
    counters.flush()
    assert kept(stores) == 0
    store.away = False
    counters.count(request())
    counters.flush()
    assert kept(stores) == 2


def test_a_request_does_not_wait_again_for_an_unavailable_store(
    stores: Stores, clock: SettableClock
) -> None:
    counters = RequestCounters(stores.counters, clock)
    assert not counters.count(request(status=503, code="not_ready"))
    assert counters.count(request())


def test_a_service_that_is_closed_has_written_what_it_counted(tmp_path: Path) -> None:
    with service_on(tmp_path) as service:
        for _ in range(7):
            service.call("GET", "/v1/people")
    with service_on(tmp_path) as service:
        answer = service.call("GET", "/v1/statistics").json()
    assert answer["cost"]["requests"] == 7


def test_a_poor_face_is_refused_and_not_unknown() -> None:
    made = dict.fromkeys(Decision, 1) | {Decision.UNKNOWN: 3}
    reasons = {QualityReason.BLURRED: 2, QualityReason.TOO_DARK: 1}
    report = RecognitionReport(5, made, {"total": 80.0}, refused=2, reasons=reasons, crops=3)
    counts = counts_of(request(recognition=report))
    assert counts == Counter(
        requests=1, billed_ms=13, recognitions=1, crops=3, faces_match=1, faces_uncertain=1,
        faces_unknown=1, faces_refused=2, face_blurred=2, face_too_dark=1,
        **{f"ms_total_{request_counters.class_of(80.0)}": 1},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("report", "more"),
    [
        (request("add_photo", code="no_face", status=422), {"photo_no_face": 1}),
        (request("add_photo", code="person_not_found", status=404), {}),
        (request(code="image_truncated", status=422), {}),
        (request(Operation.ANNOUNCE_VIDEO, status=201), {"videos": 1}),
        (request(Operation.ANNOUNCE_VIDEO, status=200), {}),  # again, after the upload
        (request(Operation.ANNOUNCE_VIDEO, code="validation_failed", status=422), {}),
    ],
)
def test_a_refusal_is_counted_where_a_photo_was_to_be_enrolled(
    report: RequestReport, more: dict[str, int]
) -> None:
    assert counts_of(report) == Counter(requests=1, billed_ms=13) + Counter(more)


@pytest.mark.parametrize("ms", [0.0, 0.099, 0.1, 0.12, 1.0, 37.5, 1000.0, 59_000.0])
def test_a_time_lies_in_its_class(ms: float) -> None:
    low, high = request_counters.bounds_ms(request_counters.class_of(ms))
    assert low <= ms * (1 + 1e-9)
    assert ms < high
    assert request_counters.class_of(low) == request_counters.class_of(ms)
    assert high <= max(0.1, low * 1.2 * (1 + 1e-9))


def test_classes_follow_each_other_without_a_gap_and_the_last_has_no_end() -> None:
    bounds = [request_counters.bounds_ms(number) for number in range(request_counters.CLASSES)]
    assert all(before[1] == pytest.approx(after[0]) for before, after in pairwise(bounds))
    assert request_counters.class_of(1e9) == request_counters.CLASSES - 1
    assert bounds[-1][0] > 50_000


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_a_percentile_is_right_to_within_a_fifth(share: float) -> None:
    times = sorted(random.Random(5).lognormvariate(3, 0.8) for _ in range(2000))
    counts = Counter(map(request_counters.class_of, times))
    right = times[round(share * len(times))]
    assert request_counters.percentile_ms(counts, share) == pytest.approx(right, rel=0.2)


def test_a_single_time_is_read_from_its_class() -> None:
    for share in (0.0, 0.5, 1.0):
        number = request_counters.class_of(40)
        low, high = request_counters.bounds_ms(number)
        assert low <= request_counters.percentile_ms({number: 1}, share) <= high
