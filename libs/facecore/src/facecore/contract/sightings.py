"""Sightings: who was seen when and where."""

from __future__ import annotations

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


class SightingList(Answer):
    """A page of sightings, newest first."""

    sightings: list[Sighting]
    next: str | None = None
    """Pass it as ``after`` to read on; none on the last page."""
