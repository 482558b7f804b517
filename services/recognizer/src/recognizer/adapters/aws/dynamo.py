"""The calls of DynamoDB that the adapters need, with bounded waits where others are at it too."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from recognizer.adapters.aws.dynamo_requests import (
    Action,
    Busy,
    Expression,
    Item,
    Query,
    QueryPage,
    UnderWay,
    action_of,
    condition_of,
    our_errors,
    plain,
    query_of,
    raw,
)
from recognizer.domain.errors import StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


MAX_ACTIONS = 100
"""Most actions in one transaction on AWS; batches are cut by ``Dynamo.max_actions``."""
_MAX_KEYS = 100
_ATTEMPTS = 8
_LONGEST_WAIT_S = 0.5


class Dynamo:
    """Thread-safe. Every method raises ``StoreUnavailable`` when AWS can't be used.

    Args:
        max_actions: most actions in one transaction; a stand-in may take fewer than AWS.
    """

    def __init__(self, client: DynamoDBClient, *, max_actions: int = MAX_ACTIONS) -> None:
        self._client = client
        self._side_by_side = SideBySide()
        self.max_actions = max_actions

    def get(self, table: str, key: Item) -> Item | None:
        """The item, read consistently."""
        with our_errors():
            found = self._client.get_item(TableName=table, Key=raw(key), ConsistentRead=True)
        return plain(found["Item"]) if "Item" in found else None

    def get_many(self, table: str, keys: Sequence[Item]) -> list[Item]:
        """The items that are there, in any order, read consistently."""
        found: list[Item] = []
        for start in range(0, len(keys), _MAX_KEYS):
            found += self._get_batch(table, keys[start : start + _MAX_KEYS])
        return found

    def put(self, table: str, item: Item, condition: Expression | None = None) -> None:
        """Raise ``ConditionFailed``."""
        with our_errors():
            self._client.put_item(TableName=table, Item=raw(item), **condition_of(condition))

    def update(
        self, table: str, key: Item, change: Expression, condition: Expression | None = None
    ) -> Item:
        """The item as it was before; empty if it was not there. Raises ``ConditionFailed``."""
        with our_errors():
            answer = self._client.update_item(
                TableName=table,
                Key=raw(key),
                UpdateExpression=change.text,
                ReturnValues="ALL_OLD",
                **condition_of(condition, change),
            )
        return plain(answer.get("Attributes", {}))

    def delete(self, table: str, key: Item, condition: Expression | None = None) -> None:
        """Raise ``ConditionFailed``."""
        with our_errors():
            self._client.delete_item(TableName=table, Key=raw(key), **condition_of(condition))

    def query(self, query: Query, *, limit: int | None = None) -> Iterator[Item]:
        """The items one after the other, read page by page; ``limit`` is a page's size."""
        asked = query_of(query) | ({} if limit is None else {"Limit": limit})
        while True:
            with our_errors():
                page = self._client.query(**asked)
            yield from map(plain, page["Items"])
            if not (last := page.get("LastEvaluatedKey")):
                return
            asked["ExclusiveStartKey"] = last

    def page(self, query: Query, *, limit: int) -> QueryPage:
        """One page: at most ``limit`` items are looked at, and a megabyte."""
        with our_errors():
            page = self._client.query(**query_of(query), Limit=limit)
        last = page.get("LastEvaluatedKey")
        return QueryPage(tuple(map(plain, page["Items"])), plain(last) if last else None)

    def pages(self, queries: Sequence[Query], *, limit: int) -> list[QueryPage]:
        """Of each query a page, as ``page`` reads it; the queries are made side by side."""
        return self._side_by_side.map(lambda query: self.page(query, limit=limit), queries)

    def query_all(self, queries: Sequence[Query], *, most: int | None = None) -> list[list[Item]]:
        """Of each query the items, at most so many; the queries are made side by side."""
        return self._side_by_side.map(
            lambda query: list(islice(self.query(query, limit=most), most)), queries
        )

    def scan(self, table: str, attributes: Sequence[str]) -> Iterator[Item]:
        """These attributes of every item of a table. Never on a request's path."""
        asked: dict[str, Any] = {
            "TableName": table,
            "ConsistentRead": True,
            "ProjectionExpression": ", ".join(f"#{name}" for name in attributes),
            "ExpressionAttributeNames": {f"#{name}": name for name in attributes},
        }
        while True:
            with our_errors():
                page = self._client.scan(**asked)
            yield from map(plain, page["Items"])
            if not (last := page.get("LastEvaluatedKey")):
                return
            asked["ExclusiveStartKey"] = last

    def transact(self, actions: Sequence[Action]) -> None:
        """All of the actions or none; at most ``max_actions``, each on an item of its own.

        Waits and tries again when another transaction is at the same items.

        Raises:
            TransactionRefused: a condition did not hold.
        """
        written: Any = [action_of(action) for action in actions]
        token = _new_token()
        for attempt in range(_ATTEMPTS):
            try:
                with our_errors():
                    self._client.transact_write_items(
                        TransactItems=written, ClientRequestToken=token
                    )
            except UnderWay:  # with another token it would meet what it did itself
                _wait(attempt)
            except Busy:
                token = _new_token()
                _wait(attempt)
            else:
                return
        raise StoreUnavailable("others write to the same items all the time; try again in a moment")

    def _get_batch(self, table: str, keys: Sequence[Item]) -> Iterator[Item]:
        asked: Any = {table: {"Keys": [raw(key) for key in keys], "ConsistentRead": True}}
        for attempt in range(_ATTEMPTS):
            with our_errors():
                answer = self._client.batch_get_item(RequestItems=asked)
            yield from map(plain, answer["Responses"].get(table, []))
            if not (asked := answer["UnprocessedKeys"]):
                return
            if answer["Responses"].get(table):
                continue
            _wait(attempt)
        raise StoreUnavailable("DynamoDB answers only part of what is read; try again in a moment")


def _new_token() -> str:
    """By which DynamoDB knows a second try of a transaction that it has done."""
    return secrets.token_hex(16)


def _wait(attempt: int) -> None:
    """Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/."""
    time.sleep(random.uniform(0, min(_LONGEST_WAIT_S, 0.02 * 2**attempt)))  # noqa: S311


_A = TypeVar("_A")
_B = TypeVar("_B")

_THREADS = 8
"""A call keeps a processor busy for a millisecond or two and then waits for about eight: with more
threads a function, which has one processor, would not be faster. All requests share them."""


class SideBySide:
    """Make calls at once that don't need each other's answers; they take about as long as one.

    The few threads are started when they are needed first, and end with the process. Thread-safe.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="aws")

    def map(self, call: Callable[[_A], _B], over: Sequence[_A]) -> list[_B]:
        """What ``call`` makes of each, in order; ``call`` itself must not call ``map``.

        A single one is called here and now. The first error comes out; calls that have not begun by
        then are not made. A line that a call logs says of which request it is.
        """
        if len(over) < 2:  # noqa: PLR2004
            return [call(one) for one in over]
        contexts = [copy_context() for _ in over]
        return list(self._threads.map(lambda context, one: context.run(call, one), contexts, over))
