"""The port ``Counters`` on DynamoDB: one item for each day, with one attribute for each count."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from boto3.dynamodb.conditions import Key

from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.dynamo import Dynamo
from recognizer.adapters.aws.dynamo_requests import AttributeUpdates, Query
from recognizer.adapters.aws.items import Item, expires_at, unexpired
from recognizer.adapters.stored_values import day_counters_of
from recognizer.domain.clock import Clock
from recognizer.domain.ports import COUNTER_DAYS, DayCounters

_KIND = "counters"
_COUNTS_AT_ONCE = 50
"""Counts in one request. An expression may have 4 KB and 300 operators."""
_LIFETIME = timedelta(days=COUNTER_DAYS)
_OTHERS = frozenset({"kind", "id", "expires_at"})


class AwsCounters:
    """Counters, by day."""

    def __init__(self, dynamo: Dynamo, names: Names, now: Clock) -> None:
        self._dynamo = dynamo
        self._table = names.devices
        self._now = now

    def add(self, counters: DayCounters) -> None:
        """Add counts, in several requests if there are many. If one fails, earlier ones stay.

        Boto3 retries a request whose response was lost, so its counts may be added twice.
        """
        key: Item = {"kind": _KIND, "id": counters.day.isoformat()}
        expiry = expires_at(datetime.combine(counters.day, time(), UTC), _LIFETIME)
        counts = list(counters.counts.items())
        for start in range(0, len(counts), _COUNTS_AT_ONCE):
            some = counts[start : start + _COUNTS_AT_ONCE]
            change = AttributeUpdates({"expires_at": expiry}, add=dict(some))
            self._dynamo.update(self._table, key, change)

    def list(self, since: date, until: date) -> list[DayCounters]:
        """Return the counters, oldest first."""
        span = Key("id").between(since.isoformat(), until.isoformat())
        where = Key("kind").eq(_KIND) & span
        query = Query(self._table, where, unexpired(self._now()))
        return day_counters_of([_kept(item) for item in self._dynamo.query(query)])


def _kept(item: Item) -> tuple[str, dict[str, object]]:
    return str(item["id"]), {name: n for name, n in item.items() if name not in _OTHERS}
