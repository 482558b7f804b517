"""All ports of one store, and the counters of each day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from recognizer.domain.ports.access import AdminTokens, Audit, Devices, Sessions
from recognizer.domain.ports.people import Faces, People
from recognizer.domain.ports.sightings import IgnoredFaces, KeptCrops, Sightings, Tracks
from recognizer.domain.ports.videos import Videos, VideoStore


@dataclass(frozen=True, slots=True)
class Stores:
    """Every port of one store; ``close`` releases what they hold."""

    people: People
    faces: Faces
    sightings: Sightings
    tracks: Tracks
    crops: KeptCrops
    ignored: IgnoredFaces
    videos: Videos
    video_store: VideoStore
    devices: Devices
    admin_tokens: AdminTokens
    counters: Counters
    audit: Audit
    sessions: Sessions
    readiness: Readiness
    close: Callable[[], None]


class Readiness(Protocol):
    """A fast and cheap check whether the store can be used; anybody may call it."""

    def gallery_version(self) -> int:
        """Return the gallery's version, read from the store itself within a few seconds.

        Raises:
            StoreUnavailable: it can't be read or written; the message says why.
        """
        ...


# Counters: how often each thing happened, per day.


COUNTER_DAYS = 400
"""How long a day's counters are kept: a year, and a month to look back on all of it."""
FLUSH_EVERY = timedelta(minutes=1)
"""Longest time between two writes of a process that keeps receiving requests."""
FLUSH_REQUESTS = 50
"""Most requests that a process counts before it writes."""


@dataclass(frozen=True, slots=True)
class DayCounters:
    """The counters of one day in UTC.

    Attributes:
        counts: by name, of letters, digits and underscores; a missing name means 0.
    """

    day: date
    counts: Mapping[str, int]


class Counters(Protocol):
    """Counters, by day. Those of a day are deleted ``COUNTER_DAYS`` after it began."""

    def add(self, counters: DayCounters) -> None:
        """Add these counts to those of the day; several processes may do so at once."""
        ...

    def list(self, since: date, until: date) -> list[DayCounters]:
        """Return the days from ``since`` to ``until``, both inclusive, oldest first.

        Days without counters are left out.
        """
        ...
