"""One family of adapters, complete."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from recognizer.ports.admin import AdminTokens
from recognizer.ports.audit import Audit
from recognizer.ports.crops import IgnoredFaces, KeptCrops
from recognizer.ports.devices import Devices
from recognizer.ports.faces import Faces
from recognizer.ports.people import People
from recognizer.ports.readiness import Readiness
from recognizer.ports.sessions import Sessions
from recognizer.ports.sightings import Sightings
from recognizer.ports.tallies import Tallies
from recognizer.ports.tracks import Tracks
from recognizer.ports.videos import Videos, VideoStore


@dataclass(frozen=True, slots=True)
class Stores:
    """Every port of one family; ``close`` gives back what they hold."""

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
    tallies: Tallies
    audit: Audit
    sessions: Sessions
    readiness: Readiness
    close: Callable[[], None]
