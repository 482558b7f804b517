"""Sightings: who was seen when and where; and visits, which are sightings of one stay."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from facecore.contract.base import (
    Answer,
    DeviceName,
    Label,
    Similarity,
    TrackId,
    UtcTime,
    VideoKey,
)
from facecore.contract.faces import Box
from facecore.contract.recognition import Decision


class Sighting(Answer):
    """One face in one picture, as it was decided then."""

    id: str
    device: DeviceName
    captured_at: UtcTime
    received_at: UtcTime
    decision: Decision
    label: Label | None
    """The person, for a match only."""
    similarity: Similarity | None
    margin: float | None
    box: Box
    video: VideoKey | None
    offset_ms: int | None
    """Where in the video, from its first frame."""
    track: TrackId | None
    image_width: Annotated[int, Field(ge=0)] | None = None
    """Of the picture that ``box`` lies in, in pixels; none when the device did not say."""
    image_height: Annotated[int, Field(ge=0)] | None = None
    took_ms: Annotated[float, Field(ge=0)] | None = None
    """How long the recognizer worked on the whole picture, in milliseconds."""
    crop: str | None = None
    """Id of the crop that is kept of the face, or of the same visit; it may be forgotten sooner."""


class SightingList(Answer):
    """A page of sightings, newest first."""

    sightings: list[Sighting]
    next: str | None = None
    """Pass it as ``after`` to read on; none on the last page."""


class Visit(Answer):
    """The sightings of one track of one device; without a track, one sighting alone.

    What is said of the visit is its newest match, else that somebody was uncertain, else unknown.
    """

    device: DeviceName
    track: TrackId | None
    first_seen: UtcTime
    last_seen: UtcTime
    count: Annotated[int, Field(ge=1)]
    """How many sightings it is made of."""
    decision: Decision
    label: Label | None
    """The person, for a match only."""
    similarity: Similarity | None
    """The best of those sightings that say the same as the visit."""
    took_ms: float | None
    """How long the recognizer worked on a picture of it, in milliseconds: the median."""
    best: Sighting
    """The sighting to show: of those that say the same as the visit, the one most alike its person,
    or, when nobody is named, the one with the largest face."""


class VisitList(Answer):
    """A page of visits, newest first. A visit is in one page alone, and whole."""

    visits: list[Visit]
    next: str | None = None
    """Pass it as ``after`` to read on; none on the last page. A page may hold few and not be it."""
