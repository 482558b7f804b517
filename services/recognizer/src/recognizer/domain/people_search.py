"""Search for people by a few letters in the name, the label or the attributes' values.

Upper and lower case count as the same, and so do letters with and without accents. Every store
uses this module, so that all find the same people.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from facecore.contract import Attributes


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
