"""The record that two people have together, whatever the family."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from facecore.contract import Attributes, Person, PersonUpdate
from facecore.contract.reasons import reason
from recognizer.errors import MergeImpossible


@dataclass(frozen=True, slots=True)
class MergedRecord:
    """Name and attributes afterwards, and how many of the attributes are new there."""

    name: str
    attributes: Attributes
    added: int


def require_two(label: str, into: str) -> None:
    """Raises ``MergeImpossible``."""
    if label == into:
        raise MergeImpossible(f"{label!r} can't be merged with itself; name another person")


def merged(source: Person, target: Person | None) -> MergedRecord:
    """The target's record, with the attributes that only the source had behind its own.

    Without a target it is the source's, whole. Raises ``MergeImpossible``.
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
            f"{target.label!r} would have more attributes than a record takes "
            f"({reason(error.errors()[0])}); remove some of {source.label!r} first"
        ) from error
    added = len(update.attributes) - len(target.attributes)
    return MergedRecord(target.name, update.attributes, added)
