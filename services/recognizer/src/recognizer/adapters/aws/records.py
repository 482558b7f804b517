"""A person's item: its attributes, and the condition under which the person exists.

``attributes`` is JSON text, since DynamoDB's numbers would return 2 for 2.0 and reject 1e300. Times
are RFC 3339. ``deletion`` is the tombstone of a deletion in progress. With ``into`` it is the
tombstone of a merge into another person, whose record has ``merge_from``.
"""

from __future__ import annotations

from datetime import datetime

from facecore.contract import Person
from recognizer.adapters.aws.dynamo_requests import Expression, Item
from recognizer.adapters.stored_values import person_of

IS_THERE = Expression("attribute_exists(#label) AND attribute_not_exists(#deletion)")
FREE = Expression("attribute_not_exists(#merge_from)")
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
