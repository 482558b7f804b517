"""Unknown people, their faces, and what the admin does with them: name, assign or ignore."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from facecore.contract.base import (
    Answer,
    Attributes,
    DeviceName,
    Label,
    Request,
    Similarity,
    TrackId,
    UtcTime,
)
from facecore.contract.faces import Box, Quality
from facecore.contract.people import Name, Photo
from facecore.contract.recognition import Decision


class SeenFace(Answer):
    """A face with a stored crop: where and when it was seen, and its quality.

    ``GET /v1/sightings/{sighting}/crop`` returns the crop.
    """

    sighting: str
    """Id of the sighting that the crop comes from."""
    device: DeviceName
    captured_at: UtcTime
    received_at: UtcTime
    track: TrackId | None
    decision: Decision
    box: Box
    """The face's box in pixels of the crop."""
    quality: Quality
    """Quality in the original picture, judged by the gate for enrolment. If it is not accepted, the
    face can't be enrolled, and the reasons say why."""


class NearestPerson(Answer):
    """The most similar enrolled person at present; the similarity is at least uncertain."""

    label: Label
    name: str
    similarity: Similarity


class UnknownPerson(Answer):
    """Faces without a name that are grouped as one person."""

    id: str
    count: Annotated[int, Field(ge=1)]
    """Number of crops; each visit has one."""
    first_seen: UtcTime
    last_seen: UtcTime
    devices: list[DeviceName]
    """Devices that saw the person, in the order of their names."""
    decision: Decision
    """``uncertain`` if one of the faces is."""
    best: SeenFace
    """The best face to show and to enrol."""
    faces: list[SeenFace]
    """Some of the faces, best first; ``GET /v1/unknown-people/{id}`` returns all."""
    nearest: NearestPerson | None


class UnknownPeopleList(Answer):
    """A page of unknown people, the most recently seen first."""

    unknown_people: list[UnknownPerson]
    kept_days: Annotated[int, Field(ge=0)]
    """Days that a crop is kept; 0: none is kept."""
    next: str | None = None
    """Pass it as ``after`` for the next page; null on the last page."""


class UnknownPersonFaces(Answer):
    """One unknown person with all their faces, newest first."""

    unknown_person: UnknownPerson
    faces: list[SeenFace]


class UnknownPersonNaming(Request):
    """The body of ``POST /v1/unknown-people/{id}/name``: the new person's record."""

    label: Label
    name: Name
    attributes: Attributes = Field(default_factory=dict)


class UnknownPersonAssignment(Request):
    """The body of ``POST /v1/unknown-people/{id}/assign``."""

    label: Label
    """Label of an enrolled person."""


class NamedUnknownPerson(Answer):
    """The result of naming an unknown person."""

    label: Label
    photos: list[Photo]
    """The best crops, which are now the person's photos."""
    crops: Annotated[int, Field(ge=0)]
    sightings: Annotated[int, Field(ge=0)]
    """Number of sightings that now have the label."""


class IgnoredPerson(Answer):
    """A person of whom no crops are stored or shown."""

    id: str
    ignored_at: UtcTime
    expires_at: UtcTime
    """From this time on the person is listed as unknown again."""


class IgnoredPeople(Answer):
    """All ignored people, newest first."""

    ignored: list[IgnoredPerson]


class NotThisPerson(Answer):
    """The result of removing a wrong name. The person's photos do not change."""

    label: Label
    """The label that was removed."""
    sightings: Annotated[int, Field(ge=1)]
    """Number of sightings that are now unknown: this one and those of its visit with the label."""
    crop_joined_unknown_people: bool
    """Whether the sighting's crop is now among the unknown people."""
