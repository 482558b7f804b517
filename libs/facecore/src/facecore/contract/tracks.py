"""Tracks: the trajectory of a face in the picture, from its first frame to its last.

A track names nobody. The sightings of the same device and track say who it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from facecore.contract.base import (
    MAX_CROPS,
    TRACK_NAME,
    Answer,
    DeviceName,
    Number,
    Request,
    TrackId,
    UtcTime,
    Whole,
)
from facecore.contract.faces import MIN_FACE_LENGTH, MIN_LENGTH

MAX_TRACK_BOXES = 300
MAX_TRACKS_PAGE = 100
"""So many tracks, each with ``MAX_TRACK_BOXES`` boxes, fit in a Lambda's largest answer."""
LONGEST_TRACK = timedelta(hours=24)

_MS = timedelta(milliseconds=1)
_Pixels = Annotated[Whole, Field(ge=1, le=32_768)]
_Place = Annotated[Number, Field(ge=-65_536, le=65_536)]
_Length = Annotated[Number, Field(ge=MIN_LENGTH, le=65_536)]
_ReportedLength = Annotated[Number, Field(ge=MIN_FACE_LENGTH, le=65_536)]


class TrackBox(Answer):
    """The face's box at one time, in pixels of the frame; it may extend past the edge."""

    offset_ms: Annotated[Whole, Field(ge=0, le=LONGEST_TRACK // _MS)]
    """Milliseconds since the track's start."""
    x: _Place
    y: _Place
    width: _Length
    height: _Length


class ReportedBox(TrackBox, Request):
    """A box in a device's report."""

    width: _ReportedLength
    height: _ReportedLength


class TrackReport(Request):
    """The body of ``PUT /v1/tracks/{track}``: a face's trajectory.

    A device leaves out boxes that linear interpolation between the others gives. A later report of
    the same track and start replaces the earlier one.
    """

    started_at: UtcTime
    ended_at: UtcTime
    """The track's end, at most 24 hours after its start."""
    frame_width: _Pixels
    frame_height: _Pixels
    boxes: Annotated[
        list[ReportedBox], Field(min_length=1, max_length=MAX_TRACK_BOXES, fail_fast=True)
    ]
    """Boxes in chronological order, no two at one time."""

    @model_validator(mode="after")
    def _in_time(self) -> Self:
        if not timedelta() <= self.ended_at - self.started_at <= LONGEST_TRACK:
            raise ValueError("ended_at must lie at most 24 hours after started_at, not before")
        if any(one.offset_ms >= other.offset_ms for one, other in pairwise(self.boxes)):
            raise ValueError("boxes must be in chronological order: each offset_ms above the last")
        if self.boxes[-1].offset_ms * _MS > self.ended_at - self.started_at + _MS:
            raise ValueError("no box may lie after ended_at")
        return self


class Track(Answer):
    """One stored track."""

    device: DeviceName
    track: TrackId
    received_at: UtcTime
    started_at: UtcTime
    ended_at: UtcTime
    """The latest known end; a later report of a continuing visit moves it."""
    frame_width: _Pixels
    frame_height: _Pixels
    boxes: list[TrackBox]


class TrackList(Answer):
    """A page of one device's tracks, latest start first."""

    tracks: list[Track]
    next: str | None = None
    """Pass it as ``after`` for the next page; null on the last page. Any page may be short."""


_NUMBER = r"-?\d{1,2}(\.\d{1,6})?"
_TRACK = rf"{TRACK_NAME}:{_NUMBER}(,{_NUMBER}){{3}}"
TRACKS_PATTERN: Final = rf"^{_TRACK}(;{_TRACK}){{0,{MAX_CROPS - 1}}}$"

_Fraction = Annotated[Number, Field(ge=-10, le=10)]
_RelativeLength = Annotated[Number, Field(gt=0, le=10)]


class TrackInPicture(Request):
    """A track and its face's box, in fractions of the picture; it may extend past the edge.

    Fractions stay valid if the picture is scaled down before it is sent.
    """

    track: TrackId
    x: _Fraction
    y: _Fraction
    width: _RelativeLength
    height: _RelativeLength


def write_tracks(tracks: Sequence[TrackInPicture]) -> str | None:
    """Write as a query parameter which face of a picture belongs to which track.

    Returns:
        ``visit-1:0.1200,0.3000,0.0900,0.1600;visit-2:…``: left, top, width and height. None if
        ``tracks`` is empty.

    """
    return ";".join(map(_written, tracks)) or None


def read_tracks(text: str) -> tuple[TrackInPicture, ...]:
    """Read what ``write_tracks`` wrote. Raises ``ValueError``."""
    tracks = tuple(map(_read, text.split(";")))
    if len({one.track for one in tracks}) < len(tracks):
        raise ValueError("a track is named twice; it has one face in a picture")
    return tracks


def _checked(text: str) -> str:
    read_tracks(text)
    return text


TracksText = Annotated[str, StringConstraints(pattern=TRACKS_PATTERN), AfterValidator(_checked)]
"""Up to 32 tracks with their boxes, in the format that ``write_tracks`` writes."""


def _written(one: TrackInPicture) -> str:
    numbers = (one.x, one.y, one.width, one.height)
    return f"{one.track}:{','.join(f'{number:.4f}' for number in numbers)}"


def _read(text: str) -> TrackInPicture:
    track, _, numbers = text.partition(":")
    x, y, width, height = map(float, numbers.split(","))
    if not (width > 0 and height > 0):
        raise ValueError(f"the face of track {track} has no size; width and height are above 0")
    return TrackInPicture(track=track, x=x, y=y, width=width, height=height)
