"""What the tables and buckets are called."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Names:
    """One field a table, and the two buckets; ``terraform`` makes them."""

    people: str
    faces: str
    gallery: str
    sightings: str
    crops: str
    videos: str
    devices: str
    videos_bucket: str
    faces_bucket: str
