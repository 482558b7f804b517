"""What a device sends for recognition: a picture or crops, and where and when it was taken."""

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
        captured_at: none means the time when the picture was received.
        offset_ms: position in ``video``, in milliseconds from its first frame.
        track: the device's own name of one visit, to which all faces belong.
        places: several tracks instead of ``track``, each with the position of its face.
    """

    device: str
    captured_at: datetime | None
    video: str | None
    offset_ms: int | None
    track: str | None
    places: tuple[TrackPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class Crops:
    """Face crops that the device aligned, as files, with one metadata each."""

    files: tuple[bytes, ...]
    metadata: tuple[CropMetadata, ...]


Tracks = Sequence[str | None]
"""One track per face."""


def tracks_of(sent: bytes | Crops, capture: Capture, analysis: Analysis) -> Tracks:
    """Return the track of each face of the analysis; none where the device named no track.

    A crop's track is that of its metadata, else that of the request. In a picture, faces are
    matched with the places that the request gives; without places, every face has the request's
    track.
    """
    faces = [face.box for face in analysis.faces]
    if isinstance(sent, Crops):
        return _of_crops(faces, sent.metadata, capture.track)
    if capture.places:
        return _by_place(faces, capture.places, analysis)
    return [capture.track] * len(faces)


def _of_crops(faces: Sequence[Box], metadata: Sequence[CropMetadata], track: str | None) -> Tracks:
    """Return the tracks in the order of the analysis, which is not that of the metadata."""
    return _at(faces, [one.box for one in metadata], [one.track or track for one in metadata])


def _by_place(faces: Sequence[Box], places: Sequence[TrackPlace], analysis: Analysis) -> Tracks:
    boxes = [_in_pixels(place, analysis.width, analysis.height) for place in places]
    return _at(faces, boxes, [place.track for place in places])


def _at(faces: Sequence[Box], boxes: Sequence[Box], tracks: Tracks) -> Tracks:
    return [None if index is None else tracks[index] for index in same_faces(faces, boxes)]


def _in_pixels(place: TrackPlace, width: int, height: int) -> Box:
    return Box(
        x=place.x * width,
        y=place.y * height,
        width=place.width * width,
        height=place.height * height,
    )
