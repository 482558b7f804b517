"""Crops: small pictures of faces that were seen, each kept for some days; and who is ignored.

A crop belongs to a person, by label, or to nobody: then it is an unknown person's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from facecore.contract import Decision, SeenFace
from facecore.vision.gallery import Embedding

VISIT_DIGITS: Final = 16
"""Of a crop's id: those that all crops of one visit begin with."""


@dataclass(frozen=True, slots=True, eq=False)
class KeptCrop:
    """One face that was seen, without its picture's bytes.

    Attributes:
        id: 32 hexadecimal digits; the first ``VISIT_DIGITS`` are the visit's.
        label: whose it is; none for an unknown person's.
    """

    id: str
    label: str | None
    face: SeenFace
    embedding: Embedding

    @property
    def visit(self) -> str:
        """The visit's own digits."""
        return self.id[:VISIT_DIGITS]

    def of(self, label: str | None) -> KeptCrop:
        """The same crop as a person's, or as an unknown person's."""
        decision = Decision.UNKNOWN if label is None else Decision.MATCH
        face = self.face.model_copy(update={"decision": decision})
        return replace(self, label=label, face=face)


class KeptCrops(Protocol):
    """Crops, by id and by whose they are.

    One is kept for a number of days since ``received_at``, then forgotten.
    """

    def put(self, crop: KeptCrop, picture: bytes) -> bool:
        """Keeps crop and JPEG in the place of what has its id and label.

        False when nobody has the label any more: then nothing is kept.
        """
        ...

    def of_visit(self, visit: str, label: str | None) -> list[KeptCrop]:
        """A person's crops of the visit, or the unknown people', by id."""
        ...

    def get(self, crop_id: str, label: str | None) -> KeptCrop:
        """Raises ``CropNotFound``."""
        ...

    def picture(self, crop_id: str, label: str | None) -> bytes:
        """The JPEG. Raises ``CropNotFound``."""
        ...

    def move(self, crop: KeptCrop, label: str | None) -> None:
        """Gives the crop to a person, or takes it away from one: all or nothing.

        Raises:
            CropNotFound: it is not there any more, or not under its label.
            PersonNotFound: nobody has the label.
        """
        ...

    def remove(self, crop: KeptCrop) -> None:
        """Takes it away; nothing if it is gone."""
        ...

    def unknown_people(self, model_id: str, limit: int) -> list[KeptCrop]:
        """The newest crops that are nobody's and of this model, newest ``captured_at`` first."""
        ...

    def of_person(
        self, label: str, *, after: str | None = None
    ) -> Iterator[tuple[KeptCrop, bytes]]:
        """All crops of a person with their JPEGs, by id; those after this id."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class IgnoredFace:
    """Somebody of whom no crop is kept: the mean of the faces that were seen."""

    id: str
    ignored_at: datetime
    embedding: Embedding


class IgnoredFaces(Protocol):
    """Who is ignored, by id; each is forgotten ``lifetime`` after ``ignored_at``."""

    def add(self, face: IgnoredFace, picture: bytes) -> None:
        """Keeps it, with the JPEG to know it by, in the place of one of its id."""
        ...

    def list(self) -> list[IgnoredFace]:
        """All, newest first."""
        ...

    def picture(self, face_id: str) -> bytes:
        """The JPEG. Raises ``CropNotFound``."""
        ...

    def remove(self, face_id: str) -> None:
        """Raises ``UnknownPersonNotFound``."""
        ...
