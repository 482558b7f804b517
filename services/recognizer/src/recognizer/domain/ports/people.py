"""People: their records, their enrolment photos, and the gallery of embeddings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from facecore.contract import DeletionReceipt, MergeReceipt, Person, PersonList, PersonUpdate, Photo
from facecore.vision.gallery import Embedding
from recognizer.domain.people import PeopleSearch


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


# Faces: the enrolment photos with their embeddings, and the gallery's version.
#
# The gallery's version is a number that grows by one with every change of the set of
# embeddings.


@dataclass(frozen=True, slots=True)
class EnrolledFace:
    """The one face of a photo. ``photo.model`` is the embedding's model."""

    photo: Photo
    embedding: Embedding


@dataclass(frozen=True, slots=True, eq=False)
class GallerySnapshot:
    """All embeddings of one model, in the order of their ids.

    Attributes:
        version: the gallery's version that the snapshot shows, or an older one.
        face_ids: N ids, each ``label/photo id``.
        labels: N labels, one per face.
        vectors: float32 (N, D), unit length.
        outdated: number of photos left out because another model embedded them.
    """

    version: int
    face_ids: tuple[str, ...]
    labels: tuple[str, ...]
    vectors: NDArray[np.float32]
    outdated: int


@dataclass(frozen=True, slots=True, eq=False)
class FaceAdded:
    """A face joined the gallery, or took the place of the one with its id."""

    face_id: str
    label: str
    embedding: Embedding


@dataclass(frozen=True, slots=True)
class FaceRemoved:
    """A face left the gallery."""

    face_id: str


@dataclass(frozen=True, slots=True)
class PersonRemoved:
    """Every face of a person left the gallery."""

    label: str


GalleryChange = FaceAdded | FaceRemoved | PersonRemoved


@dataclass(frozen=True, slots=True)
class GalleryChanges:
    """The changes of one model's gallery, oldest first, and the version after them."""

    version: int
    changes: tuple[GalleryChange, ...]


class Faces(Protocol):
    """Enrolment photos, by label and photo id."""

    def add(self, face: EnrolledFace, picture: bytes, *, seen_version: int) -> int:
        """Store photo, embedding and the picture's bytes, all or nothing; return the new version.

        Raises:
            PersonNotFound: the person is gone; nothing is stored.
            GalleryMoved: the version is no longer ``seen_version``; nothing is stored.
        """
        ...

    def find(self, label: str, photo_id: str) -> Photo | None:
        """Return the photo; none if the person does not have it. Raises ``PersonNotFound``."""
        ...

    def list(self, label: str) -> list[Photo]:
        """Return the person's photos, oldest first. Raises ``PersonNotFound``."""
        ...

    def remove(self, label: str, photo_id: str) -> int:
        """Remove the photo and return the new version.

        Raises ``PersonNotFound``, ``PhotoNotFound``.
        """
        ...

    def picture(self, label: str, photo_id: str) -> bytes:
        """Return the photo's bytes as they were sent. Raises ``PhotoNotFound``."""
        ...

    def outdated(self, model_id: str) -> tuple[Photo, ...]:
        """Return all photos with another model's embedding, in the order of label and id."""
        ...

    def replace(self, face: EnrolledFace) -> int:
        """Replace a photo's embedding and return the new version. Raises ``PhotoNotFound``."""
        ...

    def version(self) -> int:
        """Return the gallery's version; this is cheap."""
        ...

    def snapshot(self, model_id: str, dimension: int) -> GallerySnapshot:
        """Return all embeddings of this model."""
        ...

    def changes(self, since: int, model_id: str) -> GalleryChanges | None:
        """Return the changes after version ``since``; none when a snapshot must be read instead."""
        ...
