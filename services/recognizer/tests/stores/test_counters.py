"""Test ``Counters`` on every store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from recognizer.domain.ports import COUNTER_DAYS, DayCounters, Stores
from services.recognizer.tests.service import SettableClock
from services.recognizer.tests.stores.conftest import NOON

TODAY = NOON.date()
EVER = date(1970, 1, 1)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_counts_of_a_day_are_added_up(stores: Stores) -> None:
    stores.counters.add(DayCounters(TODAY, {"recognitions": 2, "match": 1}))
    stores.counters.add(DayCounters(TODAY, {"recognitions": 3, "unknown": 4}))
    (day,) = stores.counters.list(EVER, TODAY)
    assert day == DayCounters(TODAY, {"recognitions": 5, "match": 1, "unknown": 4})


def test_days_are_listed_from_one_to_the_other_oldest_first(stores: Stores) -> None:
    for days in (0, 3, 1, 9):
        stores.counters.add(DayCounters(ago(days), {"recognitions": days + 1}))
    listed = stores.counters.list(ago(3), ago(1))
    assert listed == [
        DayCounters(ago(3), {"recognitions": 4}),
        DayCounters(ago(1), {"recognitions": 2}),
    ]
    assert stores.counters.list(ago(8), ago(4)) == []


def test_concurrent_counts_lose_nothing(stores: Stores) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(stores.counters.add, [DayCounters(TODAY, {"recognitions": 1})] * 20))
    assert stores.counters.list(TODAY, TODAY) == [DayCounters(TODAY, {"recognitions": 20})]


def test_as_many_counts_as_there_ever_are_fit(stores: Stores) -> None:
    counts = {f"a_name_as_long_as_any_{number}": number + 1 for number in range(700)}
    stores.counters.add(DayCounters(TODAY, counts))
    assert stores.counters.list(TODAY, TODAY) == [DayCounters(TODAY, counts)]


def test_counters_expire(stores: Stores, clock: SettableClock) -> None:
    stores.counters.add(DayCounters(TODAY, {"recognitions": 1}))
    stores.counters.add(DayCounters(ago(-1), {"recognitions": 2}))
    clock.move(timedelta(days=COUNTER_DAYS - 1))
    assert [one.day for one in stores.counters.list(EVER, clock().date())] == [TODAY, ago(-1)]
    clock.move(timedelta(days=1))
    assert [one.day for one in stores.counters.list(EVER, clock().date())] == [ago(-1)]
    stores.counters.add(DayCounters(clock().date(), {"recognitions": 3}))
    assert len(stores.counters.list(EVER, clock().date())) == 2


def test_counters_are_no_devices(stores: Stores) -> None:
    stores.counters.add(DayCounters(TODAY, {"recognitions": 1}))
    assert stores.devices.list() == []
