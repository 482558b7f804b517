"""Search for people by a few letters, and the record of two people who are merged.

A search looks at the name, the label and the attributes' values. Upper and lower case count as the
same, and so do letters with and without accents. Every store uses this module, so that all find
the same people and merge alike.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import ValidationError

from facecore.contract import Attributes, Person, PersonUpdate
from facecore.contract.reasons import reason
from recognizer.domain.errors import MergeImpossible


@dataclass(frozen=True, slots=True)
class PeopleSearch:
    """A search for ``text``; spaces around it don't count."""

    text: str
    _folded: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_folded", fold(self.text.strip()))

    def finds(self, label: str, name: str, attributes: Attributes) -> bool:
        """Return whether the search finds this person. A search for nothing finds everybody."""
        return any(self._folded in fold(text) for text in _texts(label, name, attributes))


def fold(text: str) -> str:
    """Return the text without accents and in lower case: ``Zoë`` and ``ZOE`` become ``zoe``."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text)
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold()


def _texts(label: str, name: str, attributes: Attributes) -> Iterator[str]:
    yield label
    yield name
    for value in attributes.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                yield one
            elif one is not None and not isinstance(one, bool):
                yield str(one)


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
