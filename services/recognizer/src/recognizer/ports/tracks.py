"""Tracks: where a face of one visit was in the picture; they name nobody."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from facecore.contract import Track, TrackList


@dataclass(frozen=True, slots=True)
class TracksWanted:
    """Which tracks of a device: those that reach into a time.

    They ended at ``since`` or later, and started before ``until``.
    """

    device: str
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrackSpan:
    """When a track was there."""

    device: str
    track: str
    started_at: datetime
    ended_at: datetime


class Tracks(Protocol):
    """Tracks, by device, start and the device's own name of the visit.

    One is kept as long as a sighting since its ``received_at``, then forgotten.
    """

    def put(self, track: Track) -> None:
        """Keeps it in the place of one with its device, start and name, if there is one."""
        ...

    def list(self, wanted: TracksWanted, *, after: str | None, limit: int) -> TrackList:
        """Latest ``started_at`` first. Raises ``CursorInvalid``."""
        ...

    def spans(self, wanted: Collection[TracksWanted]) -> set[TrackSpan]:
        """All that one of these wants, without their boxes; who asks keeps the times short.

        Many times take little longer than one.
        """
        ...
