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
    AfterValidator(str.strip),  # after the limit, which holds for what is sent
]
"""One line of text, not blank, without control characters; spaces around it are taken off."""


class PersonUpdate(Request):
    """The body of ``PUT /v1/people/{label}``: the whole record, which replaces what was there."""

    name: Name
    attributes: Attributes = Field(default_factory=dict)


class PersonRecord(Answer):
    """What is shown beside a recognised face."""

    label: Label
    name: str
    attributes: Attributes = Field(default_factory=dict)


class Person(PersonRecord):
    """A person as the admin sees one."""

    photo_count: int = Field(ge=0)
    created_at: UtcTime
    updated_at: UtcTime


class PersonList(Answer):
    """A page of people in the order of their labels."""

    people: list[Person]
    next: str | None = None
    """Pass it as ``after`` to read on; none on the last page."""


class AlikePerson(Answer):
    """Somebody else whom a photo resembles: one may be taken for the other."""

    label: Label
    similarity: Similarity


class Photo(Answer):
    """One enrolled photo: one face of one person."""

    id: str
    label: Label
    sha256: Sha256
    """Of the bytes that were sent."""
    model: str
    """Id of the model that made its embedding."""
    box: Box
    quality: Quality
    created_at: UtcTime
    alike: AlikePerson | None = None
    """The nearest other person as enrolled now, if a recognition could hesitate between the two."""


class PhotoList(Answer):
    """All photos of one person, oldest first."""

    photos: list[Photo]


class DeletionReceipt(Answer):
    """What a deletion took away (design invariant 6)."""

    label: Label
    records: int = Field(ge=0)
    photos: int = Field(ge=0)
    embeddings: int = Field(ge=0)
    sightings: int = Field(ge=0)
    crops: int = Field(0, ge=0)
    """Pictures kept of sightings."""


class MergeRequest(Request):
    """The body of ``POST /v1/people/{label}/merge``."""

    into: Label
    """Who gets everything; a label that nobody has is made, so the person only changes labels."""


class MergeReceipt(Answer):
    """What a merge moved. Nobody has ``label`` any more."""

    label: Label
    into: Label
    created: bool
    """Whether nobody had ``into`` before: the whole record was moved."""
    photos: int = Field(ge=0)
    """Moved, each with its embedding."""
    same_photos: int = Field(ge=0)
    """Both had them; one of each is kept."""
    sightings: int = Field(ge=0)
    attributes: int = Field(ge=0)
    """That only ``label`` had, and ``into`` has now."""
