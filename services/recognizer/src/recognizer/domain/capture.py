"""What a device sends for recognition, and the ids of the sightings that follow from it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from facecore.contract import Box, CropMetadata, TrackInPicture
from facecore.vision.analyzer import Analysis
from facecore.vision.overlap import same_faces


@dataclass(frozen=True, slots=True)
class Capture:
    """Where and when a picture was taken.

    Attributes:
        captured_at: none means the time when the picture was received.
        offset_ms: position in ``video``, in milliseconds from its first frame.
        track: the device's own name of one visit, to which all faces belong.
        tracks: several tracks instead of ``track``, each with the box of its face.
    """

    device: str
    captured_at: datetime | None
    video: str | None
    offset_ms: int | None
    track: str | None
    tracks: tuple[TrackInPicture, ...] = ()


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
    matched with the boxes of the request's tracks; without boxes, every face has the request's
    track.
    """
    faces = [face.box for face in analysis.faces]
    if isinstance(sent, Crops):
        return _of_crops(faces, sent.metadata, capture.track)
    if capture.tracks:
        return _by_box(faces, capture.tracks, analysis)
    return [capture.track] * len(faces)


def _of_crops(faces: Sequence[Box], metadata: Sequence[CropMetadata], track: str | None) -> Tracks:
    """Return the tracks in the order of the analysis, which is not that of the metadata."""
    return _at(faces, [one.box for one in metadata], [one.track or track for one in metadata])


def _by_box(faces: Sequence[Box], tracks: Sequence[TrackInPicture], analysis: Analysis) -> Tracks:
    boxes = [_in_pixels(one, analysis.width, analysis.height) for one in tracks]
    return _at(faces, boxes, [one.track for one in tracks])


def _at(faces: Sequence[Box], boxes: Sequence[Box], tracks: Tracks) -> Tracks:
    return [None if index is None else tracks[index] for index in same_faces(faces, boxes)]


def _in_pixels(one: TrackInPicture, width: int, height: int) -> Box:
    return Box(
        x=one.x * width,
        y=one.y * height,
        width=one.width * width,
        height=one.height * height,
    )


# A sighting's id: 32 hexadecimal digits that begin with its time, so that the id locates it.
#
# The same face of the same picture always has the same id, so a request sent again writes no
# second sighting.


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_TIME_DIGITS: Final = 14
"""Enough until the year 4253."""
_DIGITS: Final = 32


def sighting_id(captured_at: datetime, parts: Iterable[str]) -> str:
    """Return the id of a sighting; 72 bits distinguish the faces of one microsecond."""
    microseconds = (captured_at - _EPOCH) // _MICROSECOND
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return f"{microseconds:0{_TIME_DIGITS}x}{digest}"[:_DIGITS]


def captured_at(sighting: str) -> datetime | None:
    """Return when the sighting was captured; none if the text can't be a sighting's id.

    Releases before 2026-12 gave ids without a time; for those the result is meaningless.
    """
    if not re.fullmatch(r"[0-9a-f]{32}", sighting):
        return None
    return _EPOCH + int(sighting[:_TIME_DIGITS], 16) * _MICROSECOND
