"""Sightings: who was seen, when and where. Visits group the sightings of one stay."""

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
    """One face in one picture, with the decision made then."""

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
    """Position in the video, in milliseconds from its first frame."""
    track: TrackId | None
    image_width: Annotated[int, Field(ge=0)] | None = None
    """Width in pixels of the picture that ``box`` refers to; null if the device did not send it."""
    image_height: Annotated[int, Field(ge=0)] | None = None
    took_ms: Annotated[float, Field(ge=0)] | None = None
    """Processing time of the whole picture, in milliseconds."""
    crop: str | None = None
    """Id of the stored crop of this face or visit; the crop may be deleted before the sighting."""


class SightingList(Answer):
    """A page of sightings, newest first."""

    sightings: list[Sighting]
    next: str | None = None
    """Pass it as ``after`` for the next page; null on the last page."""


class Visit(Answer):
    """The sightings of one track of one device; without a track, a single sighting.

    A match if any sighting is one; the newest match names the person. Otherwise uncertain if any
    sighting is, else unknown.
    """

    device: DeviceName
    track: TrackId | None
    first_seen: UtcTime
    last_seen: UtcTime
    count: Annotated[int, Field(ge=1)]
    """Number of sightings."""
    decision: Decision
    label: Label | None
    """The person, for a match only."""
    similarity: Similarity | None
    """The highest similarity of the sightings with the visit's decision and person."""
    took_ms: float | None
    """Median processing time of its pictures, in milliseconds."""
    best: Sighting
    """The sighting to show. Of those with the visit's decision and person: the most similar one,
    or, if nobody is named, the one with the largest face."""


class VisitList(Answer):
    """A page of visits, newest first. Each visit is complete and on one page only."""

    visits: list[Visit]
    next: str | None = None
    """Pass it as ``after`` for the next page; null on the last page. Any page may be short."""
