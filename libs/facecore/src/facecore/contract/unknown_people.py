"""Unknown people: faces without a name, a row for each person; and what the admin makes of them."""

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
    """A face of which a crop is kept: where and when it was seen, and how good it is.

    The crop is the picture that ``GET /v1/sightings/{sighting}/crop`` answers.
    """

    sighting: str
    """Id of the sighting that the crop was cut from."""
    device: DeviceName
    captured_at: UtcTime
    received_at: UtcTime
    track: TrackId | None
    decision: Decision
    box: Box
    """In pixels of the crop."""
    quality: Quality
    """As measured in the picture that the crop was cut from, held against the gate of photos: when
    it is not accepted, the face can't be enrolled, and the reasons say why."""


class LooksLike(Answer):
    """The known person who is nearest now, at least uncertain."""

    label: Label
    name: str
    similarity: Similarity


class UnknownPerson(Answer):
    """Faces without a name that are taken for one person's."""

    id: str
    count: Annotated[int, Field(ge=1)]
    """How many crops there are; a visit leaves one."""
    first_seen: UtcTime
    last_seen: UtcTime
    devices: list[DeviceName]
    """That saw the person, in the order of their names."""
    decision: Decision
    """Uncertain when one of the faces was."""
    best: SeenFace
    """The best to look at, and to enrol."""
    faces: list[SeenFace]
    """Some of them, the best first; ``GET /v1/unknown-people/{id}`` tells of all."""
    nearest: LooksLike | None


class UnknownPeopleList(Answer):
    """A page of unknown people, who was seen last first."""

    unknown_people: list[UnknownPerson]
    kept_days: Annotated[int, Field(ge=0)]
    """How many days a crop is kept; 0: none is kept."""
    next: str | None = None
    """Pass it as ``after`` to read on; none on the last page."""


class UnknownPersonFaces(Answer):
    """One unknown person with all the faces, newest first."""

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
    """Of a person who is known."""


class NamedUnknownPerson(Answer):
    """What naming an unknown person has done."""

    label: Label
    photos: list[Photo]
    """Of the crops, the best, which are the person's photos now."""
    crops: Annotated[int, Field(ge=0)]
    sightings: Annotated[int, Field(ge=0)]
    """How many of them carry the label now."""


class IgnoredPerson(Answer):
    """Somebody of whom no crop is kept or shown any more."""

    id: str
    ignored_at: UtcTime
    expires_at: UtcTime
    """From then on the person is an unknown person again."""


class IgnoredPeople(Answer):
    """All of them, newest first."""

    ignored: list[IgnoredPerson]


class NotThisPerson(Answer):
    """What taking a wrong name away has done; the person's photos are as they were."""

    label: Label
    """Who it was said to be."""
    sightings: Annotated[int, Field(ge=1)]
    """How many are unknown now: this one, and those of the same visit with the same name."""
    crop_joined_unknown_people: bool
    """Whether there was a crop of it, which is among the unknown people now."""
