"""People: their records."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from facecore.contract import DeletionReceipt, MergeReceipt, Person, PersonList, PersonUpdate
from recognizer.domain.people_search import PeopleSearch


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

    def known(self, labels: Collection[str]) -> Mapping[str, Person]:
        """Those of these labels who are there, read at once; the same label twice is one."""
        ...

    def put(self, label: str, update: PersonUpdate, at: datetime) -> tuple[Person, bool]:
        """Makes the record or replaces it; true when it is new. Keeps ``created_at``."""
        ...

    def list(
        self, *, after: str | None, limit: int, search: PeopleSearch | None = None
    ) -> PersonList:
        """By label; of a search, whom it finds. Raises ``CursorInvalid``.

        A store may end a page of a search early, even with nobody in it, so that no call takes
        long: it ends where ``next`` is none, and nowhere else.
        """
        ...

    def delete(self, label: str) -> Deletion:
        """Takes away record, photos, embeddings, sightings and crops: all or nothing.

        Raises:
            PersonNotFound: nobody has the label.
        """
        ...

    def merge(self, label: str, into: str, at: datetime) -> MergeReceipt:
        """Moves photos, embeddings and sightings to ``into``, then takes ``label`` away.

        The record of ``into`` stays and gets the attributes that only ``label`` had. If nobody has
        ``into``, the whole record moves, and keeps ``created_at``. Of a photo that both have, one
        is kept. All or nothing; a family that can't do it at once commits first, and the next
        change of one of the two finishes what a kill has cut short.

        Raises:
            MergeImpossible: the two are the same, or together have too many attributes.
            PersonNotFound: nobody has ``label``.
        """
        ...
