"""The DynamoDB calls that the adapters need, with bounded retries on conflicts."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from boto3.dynamodb.conditions import ConditionBase

from facecore import retry
from recognizer.adapters.aws.dynamo_requests import (
    Action,
    AttributeUpdates,
    Query,
    QueryPage,
    action_of,
    condition_of,
    query_of,
    scan_of,
)
from recognizer.adapters.aws.errors import Busy, TransactionInProgress, translate_errors
from recognizer.adapters.aws.items import Item, plain, raw
from recognizer.domain.errors import StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


MAX_ACTIONS = 100
"""Most actions in one transaction on AWS. ``Dynamo.max_actions`` limits batches."""
_MAX_KEYS = 100
_ATTEMPTS = 8


class Dynamo:
    """A client of DynamoDB. Thread-safe.

    Every method raises ``StoreUnavailable`` if AWS can't be used.

    Args:
        max_actions: most actions in one transaction; a test server may take fewer than AWS.
    """

    def __init__(self, client: DynamoDBClient, *, max_actions: int = MAX_ACTIONS) -> None:
        self._client = client
        self._parallel = ParallelCalls()
        self.max_actions = max_actions

    def get(self, table: str, key: Item) -> Item | None:
        """Return the item, by a consistent read."""
        with translate_errors("DynamoDB"):
            found = self._client.get_item(TableName=table, Key=raw(key), ConsistentRead=True)
        return plain(found["Item"]) if "Item" in found else None

    def get_many(self, table: str, keys: Sequence[Item]) -> list[Item]:
        """Return the items that exist, in any order, by consistent reads."""
        found: list[Item] = []
        for start in range(0, len(keys), _MAX_KEYS):
            found += self._get_batch(table, keys[start : start + _MAX_KEYS])
        return found

    def put(self, table: str, item: Item, condition: ConditionBase | None = None) -> None:
        """Write a whole item. Raise ``ConditionFailed``."""
        with translate_errors("DynamoDB"):
            self._client.put_item(TableName=table, Item=raw(item), **condition_of(condition))

    def update(
        self,
        table: str,
        key: Item,
        change: AttributeUpdates,
        condition: ConditionBase | None = None,
    ) -> Item:
        """Change an item; return its old attributes, or an empty item if it is new.

        Raise ``ConditionFailed``.
        """
        with translate_errors("DynamoDB"):
            answer = self._client.update_item(
                TableName=table,
                Key=raw(key),
                ReturnValues="ALL_OLD",
                **condition_of(condition, change),
            )
        return plain(answer.get("Attributes", {}))

    def delete(self, table: str, key: Item, condition: ConditionBase | None = None) -> None:
        """Delete an item. Raise ``ConditionFailed``."""
        with translate_errors("DynamoDB"):
            self._client.delete_item(TableName=table, Key=raw(key), **condition_of(condition))

    def query(self, query: Query, *, limit: int | None = None) -> Iterator[Item]:
        """Iterate over the items. They are read in pages of ``limit`` items."""
        request = query_of(query) | ({} if limit is None else {"Limit": limit})
        return _items(self._client.get_paginator("query").paginate(**request))

    def page(self, query: Query, *, limit: int) -> QueryPage:
        """Return one page: at most ``limit`` items, and at most a megabyte, are read."""
        with translate_errors("DynamoDB"):
            page = self._client.query(**query_of(query), Limit=limit)
        last = page.get("LastEvaluatedKey")
        return QueryPage(tuple(map(plain, page["Items"])), plain(last) if last else None)

    def pages(self, queries: Sequence[Query], *, limit: int) -> list[QueryPage]:
        """Return one page of each query, as ``page`` does; the queries run in parallel."""
        return self._parallel.map(lambda query: self.page(query, limit=limit), queries)

    def query_all(self, queries: Sequence[Query], *, most: int | None = None) -> list[list[Item]]:
        """Return the items of each query, at most ``most``; the queries run in parallel."""
        return self._parallel.map(
            lambda query: list(islice(self.query(query, limit=most), most)), queries
        )

    def scan(self, table: str, attributes: Sequence[str]) -> Iterator[Item]:
        """Iterate over these attributes of every item of a table. No request may call this."""
        request = scan_of(table, attributes)
        return _items(self._client.get_paginator("scan").paginate(**request))

    def transact(self, actions: Sequence[Action]) -> None:
        """Run all actions or none: at most ``max_actions``, each on a different item.

        Retry after a wait if another transaction uses the same items.

        Raises:
            TransactionRefused: a condition did not hold.
        """
        written: Any = [action_of(action) for action in actions]
        token = _new_token()
        for _ in attempts(_ATTEMPTS):
            try:
                with translate_errors("DynamoDB"):
                    self._client.transact_write_items(
                        TransactItems=written, ClientRequestToken=token
                    )
            except TransactionInProgress:
                continue  # with another token it would conflict with its own first attempt
            except Busy:
                token = _new_token()
            else:
                return
        raise StoreUnavailable("other requests keep writing to the same items; try again")

    def _get_batch(self, table: str, keys: Sequence[Item]) -> Iterator[Item]:
        request: Any = {table: {"Keys": [raw(key) for key in keys], "ConsistentRead": True}}
        for _ in attempts(_ATTEMPTS):
            with translate_errors("DynamoDB"):
                answer = self._client.batch_get_item(RequestItems=request)
            yield from map(plain, answer["Responses"].get(table, []))
            if not (request := answer["UnprocessedKeys"]):
                return
        raise StoreUnavailable("DynamoDB returns only part of the items; try again")


def _items(pages: Iterable[Mapping[str, Any]]) -> Iterator[Item]:
    with translate_errors("DynamoDB"):
        for page in pages:
            yield from map(plain, page["Items"])


def _new_token() -> str:
    """Return a token by which DynamoDB recognizes a retry of a transaction."""
    return secrets.token_hex(16)


def attempts(most: int) -> Iterator[None]:
    """Yield ``most`` times, for writes that other requests may prevent, with waits between."""
    return retry.attempts(most, first_s=0.02, longest_s=0.5)


_A = TypeVar("_A")
_B = TypeVar("_B")

_THREADS = 8
"""A call uses a processor for one or two milliseconds and then waits for about eight. So more
threads would not make a function faster, which has one processor. All requests share them."""


class ParallelCalls:
    """Runs independent calls in parallel; together they take about as long as one. Thread-safe.

    The threads start with the first use and end with the process.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="aws")

    def map(self, call: Callable[[_A], _B], over: Sequence[_A]) -> list[_B]:
        """Return the results of ``call`` in order. ``call`` itself must not call ``map``.

        A single call runs in this thread. Raise the first error; calls that have not begun by then
        are not made. Log lines of a call carry the context of their request.
        """
        if len(over) < 2:  # noqa: PLR2004
            return [call(one) for one in over]
        contexts = [copy_context() for _ in over]
        return list(self._threads.map(lambda context, one: context.run(call, one), contexts, over))
