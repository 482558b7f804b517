"""Faces: the enrolled photos with their embeddings, and the gallery's version.

The gallery's version is a number that grows by one with every change of the set of embeddings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from facecore.contract import Photo
from facecore.vision.gallery import Embedding


@dataclass(frozen=True, slots=True)
class EnrolledFace:
    """One photo's one face. ``photo.model`` is the embedding's model."""

    photo: Photo
    embedding: Embedding


@dataclass(frozen=True, slots=True, eq=False)
class GallerySnapshot:
    """All embeddings of one model, in the order of their ids.

    Attributes:
        version: the gallery's version that the snapshot shows, or an older one.
        face_ids: N of them, each ``label/photo id``.
        labels: N of them, whose face each is.
        vectors: float32 (N, D), unit length.
        outdated: how many photos were embedded by another model, and so are left out.
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
    """What happened to the gallery of one model, oldest first, and the version it led to."""

    version: int
    changes: tuple[GalleryChange, ...]


class Faces(Protocol):
    """Enrolled photos, by label and photo id."""

    def add(self, face: EnrolledFace, picture: bytes, *, seen_version: int) -> int:
        """Keeps photo, embedding and the picture's bytes: all or nothing. The new version.

        Raises:
            PersonNotFound: the person is gone; nothing is kept.
            GalleryMoved: the version is no longer ``seen_version``; nothing is kept.
        """
        ...

    def find(self, label: str, photo_id: str) -> Photo | None:
        """The photo, if the person has it. Raises ``PersonNotFound``."""
        ...

    def list(self, label: str) -> list[Photo]:
        """The person's photos, oldest first. Raises ``PersonNotFound``."""
        ...

    def remove(self, label: str, photo_id: str) -> int:
        """Takes the photo away; the new version. Raises ``PersonNotFound``, ``PhotoNotFound``."""
        ...

    def picture(self, label: str, photo_id: str) -> bytes:
        """The bytes as they were sent. Raises ``PhotoNotFound``."""
        ...

    def outdated(self, model_id: str) -> tuple[Photo, ...]:
        """All photos whose embedding is of another model, in the order of label and id."""
        ...

    def replace(self, face: EnrolledFace) -> int:
        """Puts another embedding in a photo's place; the new version. Raises ``PhotoNotFound``."""
        ...

    def version(self) -> int:
        """The gallery's version; cheap."""
        ...

    def snapshot(self, model_id: str, dimension: int) -> GallerySnapshot:
        """Everything that the gallery of this model compares with."""
        ...

    def changes(self, since: int, model_id: str) -> GalleryChanges | None:
        """What happened after version ``since``; none when only a snapshot can tell."""
        ...
