"""People: their records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from facecore.contract import DeletionReceipt, Person, PersonList, PersonUpdate


@dataclass(frozen=True, slots=True)
class Deletion:
    """What a deletion took away, and the gallery's version after it."""

    receipt: DeletionReceipt
    gallery_version: int


class People(Protocol):
    """The records, by label."""

    def get(self, label: str) -> Person:
        """Raises ``PersonNotFound``."""
        ...

    def put(self, label: str, update: PersonUpdate, at: datetime) -> tuple[Person, bool]:
        """Makes the record or replaces it; true when it is new. Keeps ``created_at``."""
        ...

    def list(self, *, after: str | None, limit: int) -> PersonList:
        """By label. Raises ``CursorInvalid``."""
        ...

    def delete(self, label: str) -> Deletion:
        """Takes away record, photos, embeddings and sightings: all or nothing.

        Raises:
            PersonNotFound: nobody has the label.
        """
        ...
