"""Convert the values that both stores keep in one form: times in microseconds, status as JSON.

A device is listed even if some of its values can't be read: its token works, and an admin must see
it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

import numpy as np
from pydantic import TypeAdapter

from facecore.contract import Attributes, Device, DeviceStatus, Person, SeenFace, in_utc
from facecore.vision.gallery import Vector
from recognizer.adapters.damage import readable, readable_rows
from recognizer.domain.cursors import from_us
from recognizer.domain.ports import Tally


def device_of(kept: Mapping[str, Any]) -> Device:
    """Return the device. A value that can't be read is None; the registration time is then 1970."""
    name = str(kept["name"])

    def timestamp(field: str) -> datetime | None:
        at = kept.get(field)
        if at is None:
            return None
        return readable("device", name, lambda: in_utc(from_us(int(at))), where=field)

    return Device(
        name=name,
        created_at=timestamp("created_at") or from_us(0),
        last_seen_at=timestamp("last_seen_at"),
        status=_status(name, kept.get("status")),
        status_at=timestamp("status_at"),
    )


def _status(name: str, kept: object) -> DeviceStatus | None:
    if kept is None:
        return None
    return readable(
        "device",
        name,
        lambda: DeviceStatus.model_validate_json(str(kept)),
        where="status",
        repair="the device's next report replaces it",
    )


_BYTES = 4


def vector_of(kept: object, dimension: int | None = None) -> Vector:
    """Return an embedding's vector, float32 (D,), from its little-endian bytes.

    Args:
        kept: its bytes.
        dimension: D, where it is known.

    Raises:
        ValueError: the bytes are not a vector of D finite numbers.

    """
    if not isinstance(kept, bytes) or not kept or len(kept) % _BYTES:
        raise ValueError("an embedding is kept as float32 numbers")
    if dimension is not None and len(kept) != dimension * _BYTES:
        raise ValueError(f"the model's embeddings have {dimension} numbers")
    vector: np.ndarray[Any, np.dtype[np.float32]] = np.frombuffer(kept, "<f4").astype(np.float32)
    if not np.isfinite(vector).all():
        raise ValueError("an embedding's numbers are finite")
    return vector


_ATTRIBUTES: TypeAdapter[Attributes] = TypeAdapter(Attributes)


def attributes_of(label: str, kept: object) -> Attributes:
    """Return the attributes; empty if their JSON can't be read.

    A person is listed even if parts of the record can't be read: the person is still recognised,
    and can still be changed and deleted.
    """

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
    """Return the record. An unreadable name is the label, a count 0, a time 1970."""

    def timestamp(field: str, read: Callable[[], datetime]) -> datetime:
        return readable("person", label, lambda: in_utc(read()), where=field) or from_us(0)

    return Person(
        label=label,
        name=name if isinstance(name, str) else label,
        attributes=attributes_of(label, attributes),
        photo_count=readable("person", label, photo_count, where="photo_count") or 0,
        created_at=timestamp("created_at", created_at),
        updated_at=timestamp("updated_at", updated_at),
    )


_Kept = tuple[str, Mapping[str, object]]


def tallies_of(kept: Sequence[_Kept]) -> list[Tally]:
    """Return the tallies in their order, without days and counts that can't be read."""
    return readable_rows("tally", kept, _tally, lambda one: one[0])


def _tally(kept: _Kept) -> Tally:
    day, counts = kept
    found = {name: _count(f"{day}/{name}", count) for name, count in counts.items()}
    return Tally(date.fromisoformat(day), {name: n for name, n in found.items() if n is not None})


def _count(key: str, kept: object) -> int | None:
    def read() -> int:
        if not isinstance(kept, int):
            raise TypeError("a count is a whole number")
        return kept

    return readable("tally", key, read, where="count")


_KNOWN: Final = 4096
"""Faces of two pages in the cache, about 10 MB. They say where a face was, not whose it is.

A page of unknown people reads the newest 2,000 each time; few of those are new.
"""


def written_face(face: SeenFace) -> str:
    """Return the face as JSON."""
    return face.model_dump_json()


@lru_cache(_KNOWN)
def read_face(text: str) -> SeenFace:
    """Return the face of JSON from ``written_face``. Equal texts give one frozen object."""
    return SeenFace.model_validate_json(text)
