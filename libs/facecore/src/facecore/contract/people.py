"""People: the record, its photos, and the receipts of a deletion and of a merge."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from facecore.contract.base import (
    Answer,
    Attributes,
    Label,
    Request,
    Sha256,
    Similarity,
    UtcTime,
)
from facecore.contract.faces import Box, Quality

PERSON_NAME_PATTERN = r"^ *[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"

Name = Annotated[
    str,
    StringConstraints(
        min_length=1,
        max_length=200,
        pattern=PERSON_NAME_PATTERN,
    ),
    AfterValidator(str.strip),  # after the length check, which is for the text as sent
]
"""One line of text, not blank, without control characters; surrounding spaces are removed."""


class PersonUpdate(Request):
    """The body of ``PUT /v1/people/{label}``: the whole record; it replaces an existing one."""

    name: Name
    attributes: Attributes = Field(default_factory=dict)


class PersonRecord(Answer):
    """A person's record, shown beside a recognised face."""

    label: Label
    name: str
    attributes: Attributes = Field(default_factory=dict)


class Person(PersonRecord):
    """A person as the admin sees them."""

    photo_count: int = Field(ge=0)
    created_at: UtcTime
    updated_at: UtcTime


class PersonList(Answer):
    """A page of people in the order of their labels."""

    people: list[Person]
    next: str | None = None
    """Pass it as ``after`` for the next page; null on the last page."""


class LookAlikePerson(Answer):
    """Another person whom a photo resembles: one may be mistaken for the other."""

    label: Label
    similarity: Similarity


class Photo(Answer):
    """One enrolment photo: one face of one person."""

    id: str
    label: Label
    sha256: Sha256
    """SHA-256 of the bytes that were sent."""
    model: str
    """Id of the model that made its embedding."""
    box: Box
    quality: Quality
    created_at: UtcTime
    look_alike: LookAlikePerson | None = None
    """The most similar other person at present, if the two could be mistaken for each other."""


class PhotoList(Answer):
    """All photos of one person, oldest first."""

    photos: list[Photo]


class DeletionReceipt(Answer):
    """How much a deletion removed (design invariant 6)."""

    label: Label
    records: int = Field(ge=0)
    photos: int = Field(ge=0)
    embeddings: int = Field(ge=0)
    sightings: int = Field(ge=0)
    crops: int = Field(0, ge=0)
    """Face crops of sightings."""


class MergeRequest(Request):
    """The body of ``POST /v1/people/{label}/merge``."""

    into: Label
    """The person who receives everything. If nobody has this label, the person is relabelled."""


class MergeReceipt(Answer):
    """How much a merge moved. Nobody has ``label`` any more."""

    label: Label
    into: Label
    created: bool
    """Whether ``into`` is new; the whole record was moved then."""
    photos: int = Field(ge=0)
    """Photos that were moved, each with its embedding."""
    same_photos: int = Field(ge=0)
    """Photos that both people had; one of each is kept."""
    sightings: int = Field(ge=0)
    attributes: int = Field(ge=0)
    """Attributes that only ``label`` had and that ``into`` has now."""
