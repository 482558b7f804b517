"""The faces of one picture as they are answered, and the sightings that are stored of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from facecore.contract import PersonRecord, RecognizedFace, Sighting
from facecore.vision.analyzer import Analysis, AnalyzedFace
from facecore.vision.decision import Match
from recognizer.domain.capture import Capture, Crops, sighting_id
from recognizer.use_cases.unknown_people.crop_retention import Retained


@dataclass(frozen=True, slots=True)
class NamedFace:
    """One face with its match, its person's record if it still exists, and its track."""

    face: AnalyzedFace
    match: Match
    record: PersonRecord | None
    track: str | None


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What all faces of one request share.

    Attributes:
        width, height: size of the picture that the boxes refer to, in pixels; none if unknown.
        digest: distinguishes two pictures of the same moment.
        took_ms: how long the picture was worked on, in milliseconds.
    """

    width: int | None
    height: int | None
    digest: str
    took_ms: float


def answered(
    seen: Sequence[NamedFace], capture: Capture, received_at: datetime, picture: PictureFacts
) -> tuple[list[RecognizedFace], list[Sighting]]:
    """Return the faces to answer, and a sighting of each face that the quality gate accepted."""
    faces: list[RecognizedFace] = []
    sightings: list[Sighting] = []
    for number, one in enumerate(seen):
        sighting = _sighting(one, capture, received_at, picture, number)
        if one.face.quality.accepted:
            sightings.append(sighting)
        faces.append(_face(one, sighting.id if one.face.quality.accepted else None))
    return faces, sightings


def with_crops(sightings: Sequence[Sighting], kept: Sequence[Retained]) -> Sequence[Sighting]:
    """Return the sightings with the ids of their crops; ``kept`` is empty if crops are off."""
    if not kept:
        return sightings
    pairs = zip(sightings, kept, strict=True)
    return [sighting.model_copy(update={"crop": one.crop}) for sighting, one in pairs]


def _face(one: NamedFace, sighting_id: str | None) -> RecognizedFace:
    return RecognizedFace(
        box=one.face.box,
        landmarks=one.face.landmarks,
        score=one.face.score,
        quality=one.face.quality,
        decision=one.match.decision,
        similarity=_cosine(one.match),
        margin=one.match.margin,
        person=one.record,
        sighting_id=sighting_id,
    )


def _sighting(
    one: NamedFace, capture: Capture, received_at: datetime, picture: PictureFacts, number: int
) -> Sighting:
    captured_at = capture.captured_at or received_at
    face_key = f"{picture.digest}/{number}"
    parts = (capture.device, captured_at.isoformat(), one.track or "", face_key)
    return Sighting(
        id=sighting_id(captured_at, parts),
        device=capture.device,
        captured_at=captured_at,
        received_at=received_at,
        decision=one.match.decision,
        label=one.match.label,
        similarity=_cosine(one.match),
        margin=one.match.margin,
        box=one.face.box,
        video=capture.video,
        offset_ms=capture.offset_ms,
        track=one.track,
        image_width=picture.width,
        image_height=picture.height,
        took_ms=picture.took_ms,
    )


def frame_size(sent: bytes | Crops, analysis: Analysis) -> tuple[int | None, int | None]:
    """Return width and height of the picture; for crops, of the frame that the device reports."""
    if not isinstance(sent, Crops):
        return analysis.width, analysis.height
    sizes = [(one.frame_width, one.frame_height) for one in sent.metadata]
    return next((size for size in sizes if None not in size), (None, None))


def digest(sent: bytes | Crops) -> str:
    """Return a hash that distinguishes two pictures of the same moment."""
    files = sent.files if isinstance(sent, Crops) else (sent,)
    return hashlib.sha256(b"".join(hashlib.sha256(file).digest() for file in files)).hexdigest()


def _cosine(match: Match) -> float | None:
    """Return the similarity in [-1, 1], which a float32 product may leave by rounding."""
    return None if match.similarity is None else max(-1.0, min(1.0, match.similarity))
