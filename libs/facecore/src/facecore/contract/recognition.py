"""Recognition: the faces of a picture, and the decision about each."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from facecore.contract.base import (
    Answer,
    Number,
    Request,
    Similarity,
    TrackId,
    UtcTime,
    Whole,
)
from facecore.contract.faces import MIN_FACE_LENGTH, Box, Landmarks, Quality
from facecore.contract.people import PersonRecord

FrameSide = Annotated[Whole, Field(gt=0, le=100_000)]


class Decision(StrEnum):
    """The decision about a face; ``uncertain`` and ``unknown`` are decisions too."""

    MATCH = "match"
    UNCERTAIN = "uncertain"
    UNKNOWN = "unknown"


class RecognizedFace(Answer):
    """One face and the decision about it."""

    box: Box
    landmarks: Landmarks
    score: Annotated[float, Field(ge=0, le=1)]
    """The detector's confidence that this is a face."""
    quality: Quality
    decision: Decision
    similarity: Similarity | None
    """Cosine to the nearest person; null if nobody is enrolled or the face was not compared."""
    margin: float | None
    """How far the second nearest person lies behind; null if there is none."""
    person: PersonRecord | None
    """The person's record, for a match only."""
    sighting_id: str | None
    """Null if the quality gate refused the face; it is not stored as a sighting."""


class StageTimes(Answer):
    """Duration of each stage in milliseconds."""

    decode_ms: float
    detect_ms: float
    align_ms: float
    embed_ms: float
    match_ms: float
    record_ms: float
    total_ms: float


class Recognition(Answer):
    """The answer to ``POST /v1/recognitions``: the faces, largest first."""

    faces: list[RecognizedFace]
    captured_at: UtcTime
    received_at: UtcTime
    image_width: int
    """Width of the picture in pixels; 0 if crops were sent."""
    image_height: int
    model: str
    gallery_version: int
    times: StageTimes


def _at_least_a_pixel(box: Box) -> Box:
    if min(box.width, box.height) < MIN_FACE_LENGTH:
        raise ValueError("a face is at least 1 pixel wide and high")
    return box


class CropMetadata(Request):
    """Description of a crop that the device aligned, in pixels of its frame."""

    box: Annotated[Box, AfterValidator(_at_least_a_pixel)]
    """At least 1 pixel wide and high."""
    landmarks: Landmarks
    score: Annotated[Number, Field(ge=0, le=1)]
    model: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """Id of the model that the crop was prepared for, from ``GET /v1/health``.

    A crop for another model is refused. Without an id, only the crop's size is checked.
    """
    frame_width: FrameSide | None = None
    """Width of the frame in pixels, so that the box can be drawn over the video."""
    frame_height: FrameSide | None = None
    track: TrackId | None = None
    """The track that this face belongs to; by default the one in the request."""
