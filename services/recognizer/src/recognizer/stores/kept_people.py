"""A person's record as both families of stores keep it: the attributes as JSON.

Everybody is listed, whatever of the record can't be read: the person is still recognised, and can
still be changed and deleted.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from pydantic import TypeAdapter

from facecore.contract import Attributes, Person, in_utc
from recognizer.stores.damage import readable
from recognizer.stores.moments import from_us

_ATTRIBUTES: TypeAdapter[Attributes] = TypeAdapter(Attributes)


def attributes_of(label: str, kept: object) -> Attributes:
    """The attributes; none where their JSON can't be read."""

    def read() -> Attributes:
        return _ATTRIBUTES.validate_python(json.loads(str(kept)))

    return readable("person", label, read, where="attributes") or {}


def person_of(
    label: str,
    *,
    name: object,
    attributes: object,
    photo_count: Callable[[], int],
    created_at: Callable[[], datetime],
    updated_at: Callable[[], datetime],
) -> Person:
    """The record. Of what can't be read: the label is the name, a count is 0, a time is 1970."""

    def moment(field: str, read: Callable[[], datetime]) -> datetime:
        return readable("person", label, lambda: in_utc(read()), where=field) or from_us(0)

    return Person(
        label=label,
        name=name if isinstance(name, str) else label,
        attributes=attributes_of(label, attributes),
        photo_count=readable("person", label, photo_count, where="photo_count") or 0,
        created_at=moment("created_at", created_at),
        updated_at=moment("updated_at", updated_at),
    )
