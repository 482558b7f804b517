"""Lists that go back in time, read from several partitions at once.

An item's ``moment`` is its time in microseconds, 17 digits, and its id: so that text sorts as time
does. A list over all is spread over ``SHARDS`` partitions of an index, since one partition takes
1,000 writes a second and no more:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-sharding.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from recognizer.adapters.aws.dynamo import Dynamo
from recognizer.adapters.aws.dynamo_requests import Expression, Item, Query
from recognizer.domain.cursors import read_time_cursor, time_cursor, to_us
from recognizer.domain.errors import CursorInvalid

SHARDS = 4
_DIGITS = 17
_LAST_US = 10**_DIGITS - 1
_LONGEST_KEY = 900
"""A sort key takes 1,024 bytes."""
_READ_FILTERED = 500
"""How many items of a partition a page looks at, when a filter leaves some of them out."""


@dataclass(frozen=True, slots=True)
class Partition:
    """Where a part of the list lies: ``attribute = value``, in the table or in an index.

    Attributes:
        sort: the sort key's name, of all partitions of one list.
    """

    table: str
    attribute: str
    value: str
    index: str | None = None
    sort: str = "moment"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items: ``since`` is in, ``until`` is out; ``only`` is a filter on what is found.

    Attributes:
        rare: whether the filter may leave out many; then more is read for one page.
    """

    since: datetime | None = None
    until: datetime | None = None
    only: Expression | None = None
    rare: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first; ``next`` is the cursor to read on with.

    With a filter a page may be short, or empty, and still not be the last.
    """

    items: tuple[Item, ...]
    next: str | None


def moment(at: datetime, key: str) -> str:
    """The sort key of an item of this time."""
    return f"{_digits(to_us(at))}#{key}"


def shard(key: str) -> str:
    """The shard that an item of this id belongs to."""
    return str(hashlib.sha256(key.encode()).digest()[0] % SHARDS)


def shards(table: str, index: str) -> tuple[Partition, ...]:
    """All shards of an index."""
    return tuple(Partition(table, "shard", str(number), index) for number in range(SHARDS))


def newest(
    dynamo: Dynamo,
    partitions: Sequence[Partition],
    wanted: Wanted,
    *,
    after: str | None,
    limit: int,
) -> Page:
    """One page; of each partition one bounded query is made, all at once.

    Raises ``CursorInvalid``.

    A query that stopped at its bound says nothing of what is older than the last item it looked at;
    so the page ends at the newest of those places, and the next one begins there.
    """
    lowest, before = _bounds(wanted, after)
    if lowest > before:
        return Page((), None)
    looks = max(limit, _READ_FILTERED) if wanted.rare else limit
    queries = [_query(partition, wanted, lowest, before) for partition in partitions]
    parts = dynamo.pages(queries, limit=looks + 2)
    sort = partitions[0].sort
    horizon = max((str(part.last[sort]) for part in parts if part.last), default=None)
    found = [item for part in parts for item in part.items if str(item[sort]) != before]
    found = [item for item in found if horizon is None or str(item[sort]) >= horizon]
    found.sort(key=lambda item: str(item[sort]), reverse=True)
    if len(found) > limit:
        return Page(tuple(found[:limit]), _cursor(str(found[limit - 1][sort])))
    return Page(tuple(found), horizon and _cursor(horizon))


def _bounds(wanted: Wanted, after: str | None) -> tuple[str, str]:
    """The lowest moment that is in, and one above all that are; it is not in itself."""
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
    """``before`` is read too, if it is there: a key's condition can't leave out just one end."""
    between = f"#{partition.sort} BETWEEN :lowest AND :before"
    return Query(
        partition.table,
        Expression(
            f"#{partition.attribute} = :partition AND {between}",
            {"partition": partition.value, "lowest": lowest, "before": before},
        ),
        only=wanted.only,
        index=partition.index,
        newest_first=True,
    )


def _cursor(moment: str) -> str:
    time, _, key = moment.partition("#")
    return time_cursor(int(time), key)


def _digits(microseconds: int) -> str:
    return f"{max(0, min(_LAST_US, microseconds)):0{_DIGITS}}"
