"""Sightings: who was seen when and where."""

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
    """Which sightings to list; none means any. Of the times, ``since`` is in, ``until`` is out."""

    label: str | None = None
    device: str | None = None
    decision: Decision | None = None
    since: datetime | None = None
    until: datetime | None = None


class Sightings(Protocol):
    """Sightings, by id. One is kept for a number of days since ``received_at``, then forgotten."""

    def add(self, sightings: Sequence[Sighting]) -> None:
        """Keeps them, each in the place of one with its id, device and time, if there is one.

        One that was corrected, or moved by a merge, stays as it is: the same request sent again
        does not undo what a person decided.

        One whose person is deleted by now is kept as unknown, without the label: a deletion
        that ran meanwhile has left nothing behind, and must not be undone.
        """
        ...

    def correct(self, sightings: Sequence[Sighting]) -> None:
        """Likewise, as a person decided; ``add`` leaves them alone from then on."""
        ...

    def is_corrected(self, sighting: Sighting) -> bool:
        """Whether the one with its id, device and time was corrected, or moved by a merge."""
        ...

    def find(self, sighting_id: str) -> Sighting:
        """One of them. Its id must be of ``sighting_ids``, which tells where to look.

        Raises:
            SightingNotFound: there is none, or it is forgotten.
        """
        ...

    def list(self, wanted: SightingFilter, *, after: str | None, limit: int) -> SightingList:
        """Newest ``captured_at`` first. Raises ``CursorInvalid``."""
        ...

    def of_tracks(
        self, tracks: Collection[TrackName], *, most: int
    ) -> Mapping[TrackName, Sequence[Sighting]]:
        """Of each of these tracks the newest sightings, ``most`` of them, in the same order.

        Many tracks take little longer than one.
        """
        ...


def unnamed(sighting: Sighting) -> Sighting:
    """As it is kept when it is nobody's: its person is gone, or was the wrong one."""
    return sighting.model_copy(
        update={"decision": Decision.UNKNOWN, "label": None, "similarity": None, "margin": None}
    )


@dataclass(frozen=True, slots=True)
class TrackFilter:
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

    def list(self, wanted: TrackFilter, *, after: str | None, limit: int) -> TrackList:
        """Latest ``started_at`` first. Raises ``CursorInvalid``."""
        ...

    def spans(self, wanted: Collection[TrackFilter]) -> set[TrackSpan]:
        """All that one of these wants, without their boxes; who asks keeps the times short.

        Many times take little longer than one.
        """
        ...
