"""What a device sends to be recognized, and what it says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from facecore.contract import Box, CropMetadata, TrackPlace
from facecore.vision.analyzer import Analysis
from facecore.vision.overlap import same_faces


@dataclass(frozen=True, slots=True)
class Capture:
    """Where and when a picture was taken.

    Attributes:
        captured_at: none means when it was received.
        offset_ms: place in ``video``, from its first frame.
        track: the device's own name of one visit, for all faces.
        places: instead of it, of several, each with the place of its face.
    """

    device: str
    captured_at: datetime | None
    video: str | None
    offset_ms: int | None
    track: str | None
    places: tuple[TrackPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class Crops:
    """Faces cut out and aligned on the device, as files; one metadata each."""

    files: tuple[bytes, ...]
    metadata: tuple[CropMetadata, ...]


Tracks = Sequence[str | None]
"""One a face."""


def tracks_of(sent: bytes | Crops, capture: Capture, analysis: Analysis) -> Tracks:
    """Say which track each face of the analysis belongs to, as far as the device says.

    A crop's is what its metadata says, else what the request says. A picture's faces are found by
    their places; without places all are of the request's track.
    """
    faces = [face.box for face in analysis.faces]
    if isinstance(sent, Crops):
        return _of_crops(faces, sent.metadata, capture.track)
    if capture.places:
        return _by_place(faces, capture.places, analysis)
    return [capture.track] * len(faces)


def _of_crops(faces: Sequence[Box], told: Sequence[CropMetadata], track: str | None) -> Tracks:
    """The analysis has them in another order."""
    return _at(faces, [one.box for one in told], [one.track or track for one in told])


def _by_place(faces: Sequence[Box], places: Sequence[TrackPlace], analysis: Analysis) -> Tracks:
    boxes = [_in_pixels(place, analysis.width, analysis.height) for place in places]
    return _at(faces, boxes, [place.track for place in places])


def _at(faces: Sequence[Box], boxes: Sequence[Box], tracks: Tracks) -> Tracks:
    return [None if place is None else tracks[place] for place in same_faces(faces, boxes)]


def _in_pixels(place: TrackPlace, width: int, height: int) -> Box:
    return Box(
        x=place.x * width,
        y=place.y * height,
        width=place.width * width,
        height=place.height * height,
    )
