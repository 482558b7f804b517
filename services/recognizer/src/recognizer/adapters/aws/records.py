"""A person's item: how a record lies in the table, and when it counts as being there.

``attributes`` is JSON in a text, since DynamoDB's numbers would give 2 back for 2.0 and refuse
1e300. Times are RFC 3339. A record that is being deleted carries ``deletion``; with ``into`` beside
it, it is being merged into another one, and that one carries ``merge_from``.
"""

from __future__ import annotations

from datetime import datetime

from facecore.contract import Person
from recognizer.adapters.aws.dynamo_requests import Expression, Item
from recognizer.adapters.stored_values import person_of

IS_THERE = Expression("attribute_exists(#label) AND attribute_not_exists(#deletion)")
FREE = Expression("attribute_not_exists(#merge_from)")
"""Nobody is being merged into the person."""
LISTED = "person"
"""The partition of the index that lists the people by label."""


def is_there(item: Item | None) -> bool:
    """Whether somebody has the label, and is not being deleted."""
    return item is not None and "deletion" not in item


def person(item: Item) -> Person:
    """The record as the contract has it."""
    return person_of(
        str(item["label"]),
        name=item.get("name"),
        attributes=item.get("attributes"),
        photo_count=lambda: int(item.get("photo_count", 0)),
        created_at=lambda: datetime.fromisoformat(str(item["created_at"])),
        updated_at=lambda: datetime.fromisoformat(str(item["updated_at"])),
    )
