"""Requests to DynamoDB: items of plain values, expressions, actions, queries, and their errors.

In an expression ``#word`` is the attribute of that name, and ``:word`` the value of that name.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer
from botocore.exceptions import BotoCoreError, ClientError

from recognizer.domain.errors import StoreUnavailable

Value = str | int | bytes
Item = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression's text, and the values that it names."""

    text: str
    values: Item = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Put:
    """Writes a whole item."""

    table: str
    item: Item
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """Changes attributes of an item, or creates it."""

    table: str
    key: Item
    change: Expression
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Deletes an item."""

    table: str
    key: Item
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """Writes nothing. The transaction commits only if the condition holds."""

    table: str
    key: Item
    condition: Expression


Action = Put | Update | Delete | Check


@dataclass(frozen=True, slots=True)
class Query:
    """A query of one partition, in the order of the sort keys.

    Attributes:
        where: the condition on the keys.
        only: a filter on the items that were read.
        index: a global secondary index, which may lag behind briefly; None reads the table
            itself, consistently.
        newest_first: reverses the order of the sort keys.
        reads: the attributes to return; empty means all.
    """

    table: str
    where: Expression
    only: Expression | None = None
    index: str | None = None
    newest_first: bool = False
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueryPage:
    """The items of a page, and the key of the last item that was read; None at the end."""

    items: tuple[Item, ...]
    last: Item | None


_SERIALIZER = TypeSerializer()
_DESERIALIZER = TypeDeserializer()


def raw(item: Item) -> dict[str, Any]:
    """Return the item in DynamoDB's wire format."""
    return {name: _SERIALIZER.serialize(value) for name, value in item.items()}


def plain(wire: Mapping[str, Any]) -> Item:
    """Return an item of plain values from DynamoDB's wire format."""
    return {name: _value(_DESERIALIZER.deserialize(value)) for name, value in wire.items()}


def _value(value: Any) -> Value:
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, Binary):
        plain: bytes = value.value  # type: ignore[attr-defined]  # the stubs leave it out
        return plain
    text: str = value
    return text


def _expressions(*given: Expression | None) -> dict[str, Any]:
    """Return the names and values of all expressions of one request."""
    texts = " ".join(one.text for one in given if one)
    values = {f":{name}": value for one in given if one for name, value in one.values.items()}
    found: dict[str, Any] = {}
    if names := set(re.findall(r"#(\w+)", texts)):
        found["ExpressionAttributeNames"] = {f"#{name}": name for name in names}
    if values:
        found["ExpressionAttributeValues"] = raw(values)
    return found


def condition_of(condition: Expression | None, *others: Expression) -> dict[str, Any]:
    """Return a request's condition, with the names and values of its other expressions."""
    text = {"ConditionExpression": condition.text} if condition else {}
    return {**text, **_expressions(condition, *others)}


def query_of(query: Query) -> dict[str, Any]:
    """Return the request of a query."""
    reads = Expression(", ".join(f"#{name}" for name in query.reads))
    return {
        "TableName": query.table,
        "KeyConditionExpression": query.where.text,
        "ScanIndexForward": not query.newest_first,
        **({"IndexName": query.index} if query.index else {"ConsistentRead": True}),
        **({"FilterExpression": query.only.text} if query.only else {}),
        **({"ProjectionExpression": reads.text} if query.reads else {}),
        **_expressions(query.where, query.only, reads),
    }


def action_of(action: Action) -> dict[str, Any]:
    """Return the request of one action in a transaction."""
    match action:
        case Put(table, item, condition):
            return {"Put": {"TableName": table, "Item": raw(item), **condition_of(condition)}}
        case Update(table, key, change, condition):
            body = {"UpdateExpression": change.text, **condition_of(condition, change)}
            return {"Update": {"TableName": table, "Key": raw(key), **body}}
        case Delete(table, key, condition):
            return {"Delete": {"TableName": table, "Key": raw(key), **condition_of(condition)}}
        case Check(table, key, condition):
            body = {"TableName": table, "Key": raw(key), **condition_of(condition)}
            return {"ConditionCheck": body}


logger = logging.getLogger(__name__)

_BUSY = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


class ConditionFailed(Exception):
    """A write's condition did not hold, so nothing was written."""


class TransactionRefused(Exception):
    """Conditions in a transaction did not hold, so nothing was written."""

    def __init__(self, failed: frozenset[int]) -> None:
        super().__init__(f"the conditions of actions {sorted(failed)} did not hold")
        self.failed = failed
        """The indices of those actions in the transaction."""


class Busy(Exception):
    """Another transaction uses the same items, or a limit was reached. A retry may succeed."""


class TransactionInProgress(Exception):
    """An earlier attempt of the same transaction, whose response was lost, has not ended."""


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raise this module's errors, or ``StoreUnavailable``, instead of boto3's."""
    try:
        yield
    except ClientError as error:
        raise _translated(error) from error
    except BotoCoreError as error:
        raise StoreUnavailable(f"DynamoDB can't be used: {error}") from error


def _translated(error: ClientError) -> Exception:
    match error.response.get("Error", {}).get("Code"):
        case "ConditionalCheckFailedException":
            return ConditionFailed()
        case "TransactionCanceledException":
            return _cancelled(error)
        case "TransactionInProgressException":
            return TransactionInProgress()
        case code:
            # AWS's message names accounts and roles: it is for the log, not for the caller.
            logger.warning("DynamoDB refuses: %s", error)
            return StoreUnavailable(f"DynamoDB refuses {error.operation_name}: {code}")


def _cancelled(error: ClientError) -> Exception:
    reasons: Any = error.response.get("CancellationReasons", [])
    codes = [reason.get("Code") for reason in reasons]
    failed = frozenset(n for n, code in enumerate(codes) if code == "ConditionalCheckFailed")
    if failed:
        return TransactionRefused(failed)
    if _BUSY.intersection(codes):
        return Busy()
    return StoreUnavailable(f"DynamoDB refuses a transaction: {codes or error}")
