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
    """What a deletion removed, and the gallery's version after it."""

    receipt: DeletionReceipt
    gallery_version: int


class People(Protocol):
    """The records, by label."""

    def get(self, label: str) -> Person:
        """Return the record. Raises ``PersonNotFound``."""
        ...

    def known(self, labels: Collection[str]) -> Mapping[str, Person]:
        """Return the records of those labels that exist, in one read; labels may repeat."""
        ...

    def put(self, label: str, update: PersonUpdate, at: datetime) -> tuple[Person, bool]:
        """Create or replace the record; return it, and true if it is new. Keeps ``created_at``."""
        ...

    def list(
        self, *, after: str | None, limit: int, search: PeopleSearch | None = None
    ) -> PersonList:
        """Return a page by label, of the people whom the search finds. Raises ``CursorInvalid``.

        So that no call takes long, a store may end a page of a search early, even with nobody in
        it. The list ends only where ``next`` is none.
        """
        ...

    def delete(self, label: str) -> Deletion:
        """Delete record, photos, embeddings, sightings and crops: all or nothing.

        Raises:
            PersonNotFound: nobody has the label.
        """
        ...

    def merge(self, label: str, into: str, at: datetime) -> MergeReceipt:
        """Move photos, embeddings and sightings to ``into``, then delete ``label``.

        The record of ``into`` stays and gets the attributes that only ``label`` had. If nobody has
        ``into``, the whole record moves and keeps ``created_at``. Of a photo that both have, one
        is kept. All or nothing: a store that needs several steps commits to the merge first; if
        the process is killed, the next change of one of the two people finishes it.

        Raises:
            MergeImpossible: the two are the same, or together have too many attributes.
            PersonNotFound: nobody has ``label``.
        """
        ...
