"""Export of everything that is stored about one person, in parts that a Lambda can answer.

Each part is a zip of its own, and no file name occurs in two parts. A cursor says where the next
part begins, so every part costs the same and nothing is stored between them.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from facecore.contract import MAX_IMAGE_BYTES, MAX_PAGE, Photo
from recognizer.domain.errors import CursorInvalid, PhotoNotFound
from recognizer.domain.ports import Faces, KeptCrops, People, SightingFilter, Sightings
from recognizer.use_cases.person_export_zip import README, SightingFiles, ZipPart, suffix

PART_BYTES = MAX_IMAGE_BYTES + 64 * 1024
"""Most bytes of content. The largest photo with its JSON fits, and so does a page of sightings.
A Lambda answers at most 6 MB, and the zip is sent in base64."""


@dataclass(frozen=True, slots=True)
class Part:
    """One zip of an export.

    Attributes:
        number: 1 for the first.
        next: the cursor of the next part; none for the last.
    """

    number: int
    content: bytes
    next: str | None


class _Stage(StrEnum):
    """The stages of an export, in this order, after the record."""

    PHOTOS = "photos"
    CROPS = "crops"
    SIGHTINGS = "sightings"


class _PartStart(BaseModel):
    """Where a part begins.

    Attributes:
        part: number of the part.
        after: for photos and crops, the position of the last one exported; for sightings, the
            cursor of their list.
        files: number of files of sightings exported so far.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    part: int = Field(1, ge=1)
    stage: _Stage = _Stage.PHOTOS
    after: str | None = None
    files: int = Field(0, ge=0)

    def further(self, stage: _Stage, after: str | None, files: int = 0) -> _PartStart:
        """Return where the next part begins."""
        return _PartStart(part=self.part + 1, stage=stage, after=after, files=files)


@dataclass(frozen=True, slots=True)
class _Picture:
    """A picture and its JSON; positions are in ascending order."""

    position: str
    name: str
    data: bytes
    about: BaseModel


class PersonExport:
    """Exports a person's data; changes nothing."""

    def __init__(
        self, people: People, faces: Faces, crops: KeptCrops, sightings: Sightings
    ) -> None:
        self._people = people
        self._faces = faces
        self._crops = crops
        self._sightings = sightings

    def part(self, label: str, after: str | None) -> Part:
        """Return the part that begins at the cursor; without a cursor, the first.

        Raises ``PersonNotFound``, ``CursorInvalid``.
        """
        person, place = self._people.get(label), _read(after)
        content = ZipPart(PART_BYTES)
        if after is None:
            content.add("README.txt", README.encode())
            content.add("record.json", person.model_dump_json(indent=2).encode())
        following = self._fill(content, label, place)
        cursor = None if following is None else _written(following)
        return Part(place.part, content.finished(), cursor)

    def _fill(self, content: ZipPart, label: str, place: _PartStart) -> _PartStart | None:
        """Add stage after stage; return where the next part begins, none after the last one."""
        if place.stage is _Stage.SIGHTINGS:
            return self._add_sightings(content, label, place)
        of = self._photos if place.stage is _Stage.PHOTOS else self._crops_of
        given = place.after
        for picture in of(label, given):
            about = picture.about.model_dump_json(indent=2).encode()
            if not content.takes(len(picture.data) + len(about)):
                return place.further(place.stage, given)
            content.add(f"{picture.name}.{suffix(picture.data)}", picture.data, compressed=False)
            content.add(f"{picture.name}.json", about)
            given = picture.position
        return self._fill(content, label, _PartStart(part=place.part, stage=_NEXT[place.stage]))

    def _photos(self, label: str, after: str | None) -> Iterator[_Picture]:
        for photo in self._faces.list(label):
            position = _position(photo)
            if after is None or position > after:
                with suppress(PhotoNotFound):  # removed since the list was read
                    data = self._faces.picture(label, photo.id)
                    yield _Picture(position, f"photos/{photo.id}", data, photo)

    def _crops_of(self, label: str, after: str | None) -> Iterator[_Picture]:
        for crop, data in self._crops.of_person(label, after=after):
            yield _Picture(crop.id, f"crops/{crop.id}", data, crop.face)

    def _add_sightings(self, content: ZipPart, label: str, place: _PartStart) -> _PartStart | None:
        """Add pages of sightings; one that does not fit is read again for the next part."""
        files, cursor = SightingFiles(place.files + 1), place.after
        following: _PartStart | None = None
        while True:
            page = self._sightings.list(SightingFilter(label=label), after=cursor, limit=MAX_PAGE)
            if page.sightings and not content.takes(files.size_with(page.sightings)):
                following = place.further(place.stage, cursor, place.files + (not files.empty))
                break
            files.add(page.sightings)
            if (cursor := page.next) is None:
                break
        files.put_into(content)
        return following


_NEXT = {_Stage.PHOTOS: _Stage.CROPS, _Stage.CROPS: _Stage.SIGHTINGS}


def _position(photo: Photo) -> str:
    """Return the photo's sort key in the list."""
    return f"{photo.created_at.isoformat(timespec='microseconds')} {photo.id}"


def _written(place: _PartStart) -> str:
    text = place.model_dump_json(exclude_defaults=True)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str | None) -> _PartStart:
    if cursor is None:
        return _PartStart()
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return _PartStart.model_validate_json(
            base64.b64decode(padded, altchars=b"-_", validate=True)
        )
    except (ValidationError, ValueError, binascii.Error) as error:
        raise CursorInvalid("'after' must be that of the link to the next part") from error
