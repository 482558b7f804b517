"""Items: plain values and DynamoDB's format, expiry, an embedding, and a person's record."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase
from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer

from facecore.contract import Person
from facecore.vision.gallery import Embedding
from recognizer.adapters.stored_values import person_of, vector_of

Value = str | int | bytes
Item = Mapping[str, Value]


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


def expires_at(since: datetime, lifetime: timedelta) -> int:
    """Return the attribute ``expires_at``: seconds since 1970, rounded up.

    DynamoDB deletes the item within days after that; until then ``unexpired`` filters it.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
    """
    return math.ceil((since + lifetime).timestamp())


def unexpired(now: datetime, **equal: Value) -> ConditionBase:
    """Return the filter for unexpired items whose attributes have these values.

    An item without ``expires_at`` never expires.
    """
    at = Attr("expires_at")
    found: ConditionBase = at.not_exists() | at.gt(int(now.timestamp()))
    for name, value in equal.items():
        found &= Attr(name).eq(value)
    return found


def embedded(embedding: Embedding) -> Item:
    """Return the attributes ``model`` and ``embedding``: float32, little-endian."""
    return {
        "model": embedding.model_id,
        "embedding": embedding.vector.astype("<f4").tobytes(),
    }


def embedding_of(item: Item) -> Embedding:
    """Return the embedding of these attributes."""
    return Embedding(str(item["model"]), vector_of(item["embedding"]))


# A person's item: its attributes, and the condition under which the person exists.
#
# ``attributes`` is JSON text, since DynamoDB's numbers would return 2 for 2.0 and reject 1e300.
# Times are RFC 3339. ``deletion`` is the tombstone of a deletion in progress. With ``into`` it
# is the tombstone of a merge into another person, whose record has ``merge_from``.


IS_THERE = Attr("label").exists() & Attr("deletion").not_exists()
FREE = Attr("merge_from").not_exists()
"""No other person is being merged into this one."""
LISTED = "person"
"""The partition of the index that lists the people by label."""


def is_there(item: Item | None) -> bool:
    """Return whether the person exists and is not being deleted."""
    return item is not None and "deletion" not in item


def person(item: Item) -> Person:
    """Return the item as a person of the contract."""
    return person_of(
        str(item["label"]),
        name=item.get("name"),
        attributes=item.get("attributes"),
        photo_count=lambda: int(item.get("photo_count", 0)),
        created_at=lambda: datetime.fromisoformat(str(item["created_at"])),
        updated_at=lambda: datetime.fromisoformat(str(item["updated_at"])),
    )
