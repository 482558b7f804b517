"""Lists from newest to oldest, read from several partitions in parallel.

The sort key ``moment`` is the time in microseconds, 17 digits, and the id, so that text sorts as
time does. An index over all items has ``SHARDS`` partitions, since one partition takes at most
1,000 writes a second:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-sharding.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from boto3.dynamodb.conditions import ConditionBase, Key

from recognizer.adapters.aws.dynamo import Dynamo
from recognizer.adapters.aws.dynamo_requests import Query
from recognizer.adapters.aws.items import Item
from recognizer.domain.cursors import read_time_cursor, time_cursor, to_us
from recognizer.domain.errors import CursorInvalid

SHARDS = 4
_DIGITS = 17
_LAST_US = 10**_DIGITS - 1
_LONGEST_KEY = 900
"""Most bytes of an id in a cursor. A sort key may have 1,024 bytes."""
_READ_FILTERED = 500
"""Items of a partition that are read for a page when a filter may leave out many."""


@dataclass(frozen=True, slots=True)
class Partition:
    """A partition of the list: ``attribute = value``, in the table or in an index.

    Attributes:
        sort: the name of the sort key, the same in all partitions of one list.
    """

    table: str
    attribute: str
    value: str
    index: str | None = None
    sort: str = "moment"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The items to list: from ``since`` (inclusive) to ``until`` (exclusive).

    Attributes:
        only: a filter on the items that were read.
        rare: whether the filter may leave out many; then more is read for one page.
    """

    since: datetime | None = None
    until: datetime | None = None
    only: ConditionBase | None = None
    rare: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Items, newest first, and the cursor of the next page.

    With a filter a page may be short or empty without being the last.
    """

    items: tuple[Item, ...]
    next: str | None


def sort_key(at: datetime, key: str) -> str:
    """Return the sort key of an item with this time and id."""
    return f"{_digits(to_us(at))}#{key}"


def shard(key: str) -> str:
    """Return the shard of an item with this id."""
    return str(hashlib.sha256(key.encode()).digest()[0] % SHARDS)


def shards(table: str, index: str) -> tuple[Partition, ...]:
    """Return all shards of an index."""
    return tuple(Partition(table, "shard", str(number), index) for number in range(SHARDS))


def newest(
    dynamo: Dynamo,
    partitions: Sequence[Partition],
    wanted: Wanted,
    *,
    after: str | None,
    limit: int,
) -> Page:
    """Return one page, by one bounded query of each partition, in parallel.

    Raise ``CursorInvalid``.

    A query that stopped at its bound has read nothing older than its last item. So the page ends at
    the newest of these last items, and the next page begins there.
    """
    lowest, before = _bounds(wanted, after)
    if lowest > before:
        return Page((), None)
    reads = max(limit, _READ_FILTERED) if wanted.rare else limit
    queries = [_query(partition, wanted, lowest, before) for partition in partitions]
    parts = dynamo.pages(queries, limit=reads + 2)
    sort = partitions[0].sort
    horizon = max((str(part.last[sort]) for part in parts if part.last), default=None)
    found = [item for part in parts for item in part.items if str(item[sort]) != before]
    found = [item for item in found if horizon is None or str(item[sort]) >= horizon]
    found.sort(key=lambda item: str(item[sort]), reverse=True)
    if len(found) > limit:
        return Page(tuple(found[:limit]), _cursor(str(found[limit - 1][sort])))
    return Page(tuple(found), horizon and _cursor(horizon))


def _bounds(wanted: Wanted, after: str | None) -> tuple[str, str]:
    """Return the inclusive lower and exclusive upper sort key."""
    before = [_digits(_LAST_US)]
    if after is not None:
        time, key = read_time_cursor(after)
        if len(key.encode()) > _LONGEST_KEY:
            raise CursorInvalid("'after' must be the 'next' of the previous page")
        before.append(f"{_digits(time)}#{key}")
    if wanted.until is not None:
        before.append(_digits(to_us(wanted.until)))
    return _digits(0 if wanted.since is None else to_us(wanted.since)), min(before)


def _query(partition: Partition, wanted: Wanted, lowest: str, before: str) -> Query:
    """Return the query. It also reads ``before``, since BETWEEN includes both ends."""
    of_partition = Key(partition.attribute).eq(partition.value)
    return Query(
        partition.table,
        of_partition & Key(partition.sort).between(lowest, before),
        only=wanted.only,
        index=partition.index,
        newest_first=True,
    )


def _cursor(sort_key: str) -> str:
    time, _, key = sort_key.partition("#")
    return time_cursor(int(time), key)


def _digits(microseconds: int) -> str:
    return f"{max(0, min(_LAST_US, microseconds)):0{_DIGITS}}"
