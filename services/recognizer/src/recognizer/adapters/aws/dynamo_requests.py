"""Requests to DynamoDB: changes, actions and queries.

Conditions are boto3's: ``Attr("deletion").not_exists() & Attr("label").eq(label)``, and ``Key`` for
the keys of a query. https://docs.aws.amazon.com/boto3/latest/reference/customizations/dynamodb.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from boto3.dynamodb.conditions import ConditionBase, ConditionExpressionBuilder

from recognizer.adapters.aws.items import Item, Value, raw


@dataclass(frozen=True, slots=True)
class AttributeUpdates:
    """What an update does to an item's attributes.

    Attributes:
        put: attributes with their new values.
        if_missing: attributes with the values that they get if they are missing.
        add: numbers to add; a missing attribute counts as 0.
        remove: attributes to remove.
    """

    put: Item = field(default_factory=dict)
    if_missing: Item = field(default_factory=dict)
    add: Item = field(default_factory=dict)
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Put:
    """Writes a whole item."""

    table: str
    item: Item
    condition: ConditionBase | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """Changes attributes of an item, or creates it."""

    table: str
    key: Item
    change: AttributeUpdates
    condition: ConditionBase | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Deletes an item."""

    table: str
    key: Item
    condition: ConditionBase | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """Writes nothing. The transaction commits only if the condition holds."""

    table: str
    key: Item
    condition: ConditionBase


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
    where: ConditionBase
    only: ConditionBase | None = None
    index: str | None = None
    newest_first: bool = False
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueryPage:
    """The items of a page, and the key of the last item that was read; None at the end."""

    items: tuple[Item, ...]
    last: Item | None


class _Expressions:
    """The expressions of one request, with the names and values that they share."""

    def __init__(self) -> None:
        self._builder = ConditionExpressionBuilder()
        self._names: dict[str, str] = {}
        self._values: dict[str, Value] = {}

    def condition(self, condition: ConditionBase, *, of_keys: bool = False) -> str:
        built = self._builder.build_expression(condition, is_key_condition=of_keys)
        self._names |= built.attribute_name_placeholders
        self._values |= built.attribute_value_placeholders
        return built.condition_expression

    def names(self, names: Sequence[str]) -> str:
        self._names |= {f"#{name}": name for name in names}
        return ", ".join(f"#{name}" for name in names)

    def change(self, change: AttributeUpdates) -> str:
        self.names([*change.put, *change.if_missing, *change.add])
        given = {**change.put, **change.if_missing, **change.add}
        self._values |= {f":{name}": value for name, value in given.items()}
        put = [f"#{name} = :{name}" for name in change.put]
        if_missing = [f"#{name} = if_not_exists(#{name}, :{name})" for name in change.if_missing]
        clauses = {
            "SET": ", ".join(put + if_missing),
            "ADD": ", ".join(f"#{name} :{name}" for name in change.add),
            "REMOVE": self.names(change.remove),
        }
        return " ".join(f"{verb} {text}" for verb, text in clauses.items() if text)

    def shared(self) -> dict[str, Any]:
        """Return the request's parameters with all names and values."""
        return {
            **({"ExpressionAttributeNames": self._names} if self._names else {}),
            **({"ExpressionAttributeValues": raw(self._values)} if self._values else {}),
        }


def condition_of(
    condition: ConditionBase | None, change: AttributeUpdates | None = None
) -> dict[str, Any]:
    """Return the parameters of a write: its condition, and its change if it is an update."""
    made, found = _Expressions(), {}
    if condition is not None:
        found["ConditionExpression"] = made.condition(condition)
    if change is not None:
        found["UpdateExpression"] = made.change(change)
    return {**found, **made.shared()}


def query_of(query: Query) -> dict[str, Any]:
    """Return the request of a query."""
    made = _Expressions()
    found: dict[str, Any] = {
        "TableName": query.table,
        "KeyConditionExpression": made.condition(query.where, of_keys=True),
        "ScanIndexForward": not query.newest_first,
        **({"IndexName": query.index} if query.index else {"ConsistentRead": True}),
    }
    if query.only is not None:
        found["FilterExpression"] = made.condition(query.only)
    if query.reads:
        found["ProjectionExpression"] = made.names(query.reads)
    return {**found, **made.shared()}


def scan_of(table: str, reads: Sequence[str]) -> dict[str, Any]:
    """Return the request of a scan that returns these attributes."""
    made = _Expressions()
    projection = {"ProjectionExpression": made.names(reads)}
    return {"TableName": table, "ConsistentRead": True, **projection, **made.shared()}


def action_of(action: Action) -> dict[str, Any]:
    """Return the request of one action in a transaction."""
    match action:
        case Put(table, item, condition):
            return {"Put": {"TableName": table, "Item": raw(item), **condition_of(condition)}}
        case Update(table, key, change, condition):
            body = condition_of(condition, change)
            return {"Update": {"TableName": table, "Key": raw(key), **body}}
        case Delete(table, key, condition):
            return {"Delete": {"TableName": table, "Key": raw(key), **condition_of(condition)}}
        case Check(table, key, condition):
            body = {"TableName": table, "Key": raw(key), **condition_of(condition)}
            return {"ConditionCheck": body}
