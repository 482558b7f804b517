"""The port ``Tallies`` on DynamoDB: one item for each day, with one attribute for each count."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.dynamo import Dynamo
from recognizer.adapters.aws.dynamo_requests import Expression, Item, Query
from recognizer.adapters.aws.item_attributes import expires_at, unexpired
from recognizer.adapters.stored_values import tallies_of
from recognizer.domain.clock import Clock
from recognizer.domain.ports import TALLY_DAYS, Tally

_COUNTS_AT_ONCE = 50
"""Counts in one request. An expression may have 4 KB and 300 operators."""
_LIFETIME = timedelta(days=TALLY_DAYS)
_OTHERS = frozenset({"kind", "id", "expires_at"})


class AwsTallies:
    """Tallies, by day."""

    def __init__(self, dynamo: Dynamo, names: Names, now: Clock) -> None:
        self._dynamo = dynamo
        self._table = names.devices
        self._now = now

    def add(self, tally: Tally) -> None:
        """Add counts, in several requests if there are many. If one fails, earlier ones stay.

        Boto3 retries a request whose response was lost, so its counts may be added twice.
        """
        key: Item = {"kind": "tally", "id": tally.day.isoformat()}
        expiry = expires_at(datetime.combine(tally.day, time(), UTC), _LIFETIME)
        counts = list(tally.counts.items())
        for start in range(0, len(counts), _COUNTS_AT_ONCE):
            some = counts[start : start + _COUNTS_AT_ONCE]
            added = ", ".join(f"#{name} :{name}" for name, _ in some)
            text = f"SET #expires_at = :expires_at ADD {added}"
            self._dynamo.update(
                self._table, key, Expression(text, {"expires_at": expiry, **dict(some)})
            )

    def list(self, since: date, until: date) -> list[Tally]:
        """Return the tallies, oldest first."""
        span = {"kind": "tally", "since": since.isoformat(), "until": until.isoformat()}
        where = Expression("#kind = :kind AND #id BETWEEN :since AND :until", span)
        query = Query(self._table, where, unexpired(self._now()))
        return tallies_of([_kept(item) for item in self._dynamo.query(query)])


def _kept(item: Item) -> tuple[str, dict[str, object]]:
    return str(item["id"]), {name: n for name, n in item.items() if name not in _OTHERS}
