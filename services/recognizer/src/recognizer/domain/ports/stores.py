"""All ports of one store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from recognizer.domain.ports.access import AdminTokens, Devices, Sessions
from recognizer.domain.ports.audit import Audit
from recognizer.domain.ports.counters import Counters
from recognizer.domain.ports.crops import IgnoredFaces, KeptCrops
from recognizer.domain.ports.faces import Faces
from recognizer.domain.ports.people import People
from recognizer.domain.ports.sightings import Sightings, Tracks
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
