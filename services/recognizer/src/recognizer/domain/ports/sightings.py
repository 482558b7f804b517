"""Sightings and tracks: who was seen when and where, and for how long."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from facecore.contract import Decision, Sighting, SightingList, Track, TrackList

TrackName = tuple[str, str]
"""A device, and that device's own name of a visit."""


@dataclass(frozen=True, slots=True)
class SightingFilter:
    """Which sightings to list; none means any. ``since`` is inclusive, ``until`` exclusive."""

    label: str | None = None
    device: str | None = None
    decision: Decision | None = None
    since: datetime | None = None
    until: datetime | None = None


class Sightings(Protocol):
    """Sightings, by id. Each is deleted a number of days after ``received_at``."""

    def add(self, sightings: Sequence[Sighting]) -> None:
        """Store the sightings, each in place of one with the same id, device and time.

        A sighting that was corrected, or moved by a merge, stays as it is: the same request sent
        again must not undo what a person decided.

        A sighting whose person was deleted meanwhile is stored as unknown, without the label: the
        deletion must stay complete.
        """
        ...

    def correct(self, sightings: Sequence[Sighting]) -> None:
        """Store the sightings as a person decided; ``add`` does not change them afterwards."""
        ...

    def is_corrected(self, sighting: Sighting) -> bool:
        """Return whether the stored one of its id, device and time was corrected or merged."""
        ...

    def find(self, sighting_id: str) -> Sighting:
        """Return the sighting. ``sighting_ids`` must have made the id: its time locates the row.

        Raises:
            SightingNotFound: there is none, or it has expired.
        """
        ...

    def list(self, wanted: SightingFilter, *, after: str | None, limit: int) -> SightingList:
        """Return a page, newest ``captured_at`` first. Raises ``CursorInvalid``."""
        ...

    def of_tracks(
        self, tracks: Collection[TrackName], *, most: int
    ) -> Mapping[TrackName, Sequence[Sighting]]:
        """Return the newest sightings of each track, at most ``most`` each, newest first.

        Many tracks take little longer than one.
        """
        ...


def unnamed(sighting: Sighting) -> Sighting:
    """Return the sighting without its name: the person was deleted, or the name was wrong."""
    return sighting.model_copy(
        update={"decision": Decision.UNKNOWN, "label": None, "similarity": None, "margin": None}
    )


@dataclass(frozen=True, slots=True)
class TrackFilter:
    """Which tracks of a device to read; none means any time.

    They ended at ``since`` or later, and started before ``until``.
    """

    device: str
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrackSpan:
    """Start and end of a track."""

    device: str
    track: str
    started_at: datetime
    ended_at: datetime


class Tracks(Protocol):
    """Tracks, by device, start and the device's own name of the visit.

    Each is deleted as many days after ``received_at`` as a sighting.
    """

    def put(self, track: Track) -> None:
        """Store the track, in place of one with the same device, start and name."""
        ...

    def list(self, wanted: TrackFilter, *, after: str | None, limit: int) -> TrackList:
        """Return a page, latest ``started_at`` first. Raises ``CursorInvalid``."""
        ...

    def spans(self, wanted: Collection[TrackFilter]) -> set[TrackSpan]:
        """Return all tracks that pass one of the filters, without their boxes.

        The caller keeps the periods short. Many filters take little longer than one.
        """
        ...
