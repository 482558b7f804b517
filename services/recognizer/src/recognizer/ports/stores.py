"""One family of adapters, complete."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from recognizer.ports.admin import AdminTokens
from recognizer.ports.devices import Devices
from recognizer.ports.faces import Faces
from recognizer.ports.people import People
from recognizer.ports.sightings import Sightings
from recognizer.ports.videos import Videos, VideoStore


@dataclass(frozen=True, slots=True)
class Stores:
    """Every port of one family; ``close`` gives back what they hold."""

    people: People
    faces: Faces
    sightings: Sightings
    videos: Videos
    video_store: VideoStore
    devices: Devices
    admin_tokens: AdminTokens
    close: Callable[[], None]
