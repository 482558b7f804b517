"""Recognition: a picture's faces, and what was decided about each."""

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
    """What is said of a face. Unknown is an answer, and so is uncertain."""

    MATCH = "match"
    UNCERTAIN = "uncertain"
    UNKNOWN = "unknown"


class RecognizedFace(Answer):
    """One face and what was decided about it."""

    box: Box
    landmarks: Landmarks
    score: Annotated[float, Field(ge=0, le=1)]
    """The detector's own confidence that this is a face."""
    quality: Quality
    decision: Decision
    similarity: Similarity | None
    """Cosine to the nearest person; none when nobody is enrolled or the face was not compared."""
    margin: float | None
    """How far the runner-up lies behind; none when there is no runner-up."""
    person: PersonRecord | None
    """The record, for a match only."""
    sighting_id: str | None
    """None when the face was too poor to be compared; such a face leaves no sighting."""


class StageTimes(Answer):
    """How long each stage took, in milliseconds."""

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
    """0 when crops were sent."""
    image_height: int
    model: str
    gallery_version: int
    times: StageTimes


def _at_least_a_pixel(box: Box) -> Box:
    if min(box.width, box.height) < MIN_FACE_LENGTH:
        raise ValueError("a face is at least 1 pixel wide and high")
    return box


class CropMetadata(Request):
    """What a device says of a crop that it aligned itself, in pixels of its frame."""

    box: Annotated[Box, AfterValidator(_at_least_a_pixel)]
    """At least 1 pixel wide and high."""
    landmarks: Landmarks
    score: Annotated[Number, Field(ge=0, le=1)]
    model: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """Id of the model that the crop was prepared for, as ``GET /v1/health`` tells it.

    A crop for another model than the recognizer's is refused; without it only its size is checked.
    """
    frame_width: FrameSide | None = None
    """Of the frame, in pixels, so that the box can be drawn over its video."""
    frame_height: FrameSide | None = None
    track: TrackId | None = None
    """The visit that this face belongs to; else the one that the request names."""
