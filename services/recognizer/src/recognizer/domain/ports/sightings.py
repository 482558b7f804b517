"""Sightings and tracks, their crops, and who is ignored."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from facecore.contract import Decision, SeenFace, Sighting, SightingList, Track, TrackList
from facecore.vision.gallery import Embedding

TrackName = tuple[str, str]
"""A device, and that device's own name of a visit."""


@dataclass(frozen=True, slots=True)
class SightingFilter:
    """Which sightings to list; none means any. ``since`` is inclusive, ``until`` exclusive."""

    label: str | None = None
    device: str | None = None
    decision: Decision | None = None
    since: datetime | None = None
    until: datetime | None = None


class Sightings(Protocol):
    """Sightings, by id. Each is deleted a number of days after ``received_at``."""

    def add(self, sightings: Sequence[Sighting]) -> None:
        """Store the sightings, each in place of one with the same id, device and time.

        A sighting that was corrected, or moved by a merge, stays as it is: the same request sent
        again must not undo what a person decided.

        A sighting whose person was deleted meanwhile is stored as unknown, without the label: the
        deletion must stay complete.
        """
        ...

    def correct(self, sightings: Sequence[Sighting]) -> None:
        """Store the sightings as a person decided; ``add`` does not change them afterwards."""
        ...

    def is_corrected(self, sighting: Sighting) -> bool:
        """Return whether the stored one of its id, device and time was corrected or merged."""
        ...

    def find(self, sighting_id: str) -> Sighting:
        """Return the sighting. ``sighting_ids`` must have made the id: its time locates the row.

        Raises:
            SightingNotFound: there is none, or it has expired.
        """
        ...

    def list(self, wanted: SightingFilter, *, after: str | None, limit: int) -> SightingList:
        """Return a page, newest ``captured_at`` first. Raises ``CursorInvalid``."""
        ...

    def of_tracks(
        self, tracks: Collection[TrackName], *, most: int
    ) -> Mapping[TrackName, Sequence[Sighting]]:
        """Return the newest sightings of each track, at most ``most`` each, newest first.

        Many tracks take little longer than one.
        """
        ...


def unnamed(sighting: Sighting) -> Sighting:
    """Return the sighting without its name: the person was deleted, or the name was wrong."""
    return sighting.model_copy(
        update={"decision": Decision.UNKNOWN, "label": None, "similarity": None, "margin": None}
    )


@dataclass(frozen=True, slots=True)
class TrackFilter:
    """Which tracks of a device to read; none means any time.

    They ended at ``since`` or later, and started before ``until``.
    """

    device: str
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrackSpan:
    """Start and end of a track."""

    device: str
    track: str
    started_at: datetime
    ended_at: datetime


class Tracks(Protocol):
    """Tracks, by device, start and the device's own name of the visit.

    Each is deleted as many days after ``received_at`` as a sighting.
    """

    def put(self, track: Track) -> None:
        """Store the track, in place of one with the same device, start and name."""
        ...

    def list(self, wanted: TrackFilter, *, after: str | None, limit: int) -> TrackList:
        """Return a page, latest ``started_at`` first. Raises ``CursorInvalid``."""
        ...

    def spans(self, wanted: Collection[TrackFilter]) -> set[TrackSpan]:
        """Return all tracks that pass one of the filters, without their boxes.

        The caller keeps the periods short. Many filters take little longer than one.
        """
        ...


# Crops, which are small pictures of seen faces, each kept for some days; and who is ignored.
#
# A crop belongs to a person, by label, or to an unknown person, without a label.


VISIT_DIGITS: Final = 16
"""Length of the prefix that the ids of all crops of one visit share."""


@dataclass(frozen=True, slots=True, eq=False)
class KeptCrop:
    """One seen face, without its picture's bytes.

    Attributes:
        id: 32 hexadecimal digits; the first ``VISIT_DIGITS`` identify the visit.
        label: the person's label; none for an unknown person.
    """

    id: str
    label: str | None
    face: SeenFace
    embedding: Embedding

    @property
    def visit(self) -> str:
        """The digits that identify the visit."""
        return self.id[:VISIT_DIGITS]

    def of(self, label: str | None) -> KeptCrop:
        """Return the same crop with this label; none makes it an unknown person's."""
        decision = Decision.UNKNOWN if label is None else Decision.MATCH
        face = self.face.model_copy(update={"decision": decision})
        return replace(self, label=label, face=face)


class KeptCrops(Protocol):
    """Crops, by id and label.

    Each is deleted a number of days after ``received_at``.
    """

    def put(self, crop: KeptCrop, picture: bytes) -> bool:
        """Store crop and JPEG, in place of one with the same id and label.

        Return false, and store nothing, if nobody has the label any more.
        """
        ...

    def of_visit(self, visit: str, label: str | None) -> list[KeptCrop]:
        """Return the visit's crops of a person, or of unknown people, by id."""
        ...

    def get(self, crop_id: str, label: str | None) -> KeptCrop:
        """Return the crop. Raises ``CropNotFound``."""
        ...

    def picture(self, crop_id: str, label: str | None) -> bytes:
        """Return the crop's JPEG. Raises ``CropNotFound``."""
        ...

    def move(self, crop: KeptCrop, label: str | None) -> None:
        """Give the crop to a person, or to the unknown people: all or nothing.

        Raises:
            CropNotFound: the crop is gone, or has another label by now.
            PersonNotFound: nobody has the label.
        """
        ...

    def remove(self, crop: KeptCrop) -> None:
        """Remove the crop; do nothing if it is gone."""
        ...

    def unknown_people(self, model_id: str, limit: int) -> list[KeptCrop]:
        """Return the newest unlabelled crops of this model, newest ``captured_at`` first."""
        ...

    def of_person(
        self, label: str, *, after: str | None = None
    ) -> Iterator[tuple[KeptCrop, bytes]]:
        """Yield a person's crops with their JPEGs, by id; with ``after``, those with larger ids."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class IgnoredFace:
    """Somebody whose crops are not kept; ``embedding`` is the mean of the seen faces."""

    id: str
    ignored_at: datetime
    embedding: Embedding


class IgnoredFaces(Protocol):
    """Ignored people, by id; each is deleted as many days after ``ignored_at`` as a sighting."""

    def add(self, face: IgnoredFace, picture: bytes) -> None:
        """Store the face and a JPEG of it, in place of one with the same id."""
        ...

    def list(self) -> list[IgnoredFace]:
        """Return all, newest first."""
        ...

    def picture(self, face_id: str) -> bytes:
        """Return the JPEG. Raises ``CropNotFound``."""
        ...

    def remove(self, face_id: str) -> None:
        """Ignore the person no longer. Raises ``UnknownPersonNotFound``."""
        ...
