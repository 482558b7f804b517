"""The record of two people who are merged, the same for every store."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from facecore.contract import Attributes, Person, PersonUpdate
from facecore.contract.reasons import reason
from recognizer.domain.errors import MergeImpossible


@dataclass(frozen=True, slots=True)
class MergedRecord:
    """Name and attributes after the merge, and how many attributes the merge added."""

    name: str
    attributes: Attributes
    added: int


def require_two(label: str, into: str) -> None:
    """Raise ``MergeImpossible`` if both labels are the same."""
    if label == into:
        raise MergeImpossible(f"{label!r} can't be merged with itself; name another person")


def merged(source: Person, target: Person | None) -> MergedRecord:
    """Return the target's record, followed by the attributes that only the source had.

    Without a target, return the source's whole record. Raises ``MergeImpossible``.
    """
    if target is None:
        return MergedRecord(source.name, source.attributes, len(source.attributes))
    together = {**target.attributes}
    for key, value in source.attributes.items():
        together.setdefault(key, value)
    try:
        update = PersonUpdate(name=target.name, attributes=together)
    except ValidationError as error:
        raise MergeImpossible(
            f"{target.label!r} would have more attributes than a record can hold "
            f"({reason(error.errors()[0])}); remove some of {source.label!r} first"
        ) from error
    added = len(update.attributes) - len(target.attributes)
    return MergedRecord(target.name, update.attributes, added)
