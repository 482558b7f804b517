"""What is asked of DynamoDB: items of plain values, expressions, actions, queries, on the wire.

In an expression ``#word`` is the attribute of that name, ``:word`` the value of that name.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer

Value = str | int | bytes
Item = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression's text and the values it names."""

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
    """Changes attributes of an item, or makes it."""

    table: str
    key: Item
    change: Expression
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Takes an item away."""

    table: str
    key: Item
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """Writes nothing; the transaction happens only if the condition holds."""

    table: str
    key: Item
    condition: Expression


Action = Put | Update | Delete | Check


@dataclass(frozen=True, slots=True)
class Query:
    """Which items of one partition, in the order of their sort keys.

    Attributes:
        where: the condition on the keys.
        only: a filter on what was found.
        index: a global secondary index, which may lag behind by a moment; none reads the table
            itself, consistently.
        newest_first: against the order of the sort keys.
        reads: the attributes that are answered; none means all.
    """

    table: str
    where: Expression
    only: Expression | None = None
    index: str | None = None
    newest_first: bool = False
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueryPage:
    """What a query found, and the key of the last item that it looked at; none at the end."""

    items: tuple[Item, ...]
    last: Item | None


_SERIALIZER = TypeSerializer()
_DESERIALIZER = TypeDeserializer()


def raw(item: Item) -> dict[str, Any]:
    """The item as DynamoDB writes it."""
    return {name: _SERIALIZER.serialize(value) for name, value in item.items()}


def plain(wire: Mapping[str, Any]) -> Item:
    """The item as we read it."""
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
    """Names and values of all expressions of one request."""
    texts = " ".join(one.text for one in given if one)
    values = {f":{name}": value for one in given if one for name, value in one.values.items()}
    found: dict[str, Any] = {}
    if names := set(re.findall(r"#(\w+)", texts)):
        found["ExpressionAttributeNames"] = {f"#{name}": name for name in names}
    if values:
        found["ExpressionAttributeValues"] = raw(values)
    return found


def condition_of(condition: Expression | None, *others: Expression) -> dict[str, Any]:
    """A request's condition, with the names and values of its other expressions."""
    text = {"ConditionExpression": condition.text} if condition else {}
    return {**text, **_expressions(condition, *others)}


def query_of(query: Query) -> dict[str, Any]:
    """A query's request."""
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
    """A transaction's part."""
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
