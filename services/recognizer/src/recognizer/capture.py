"""What a device sends to be recognized, and what it says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from facecore.contract import CropMetadata, TrackPlace


@dataclass(frozen=True, slots=True)
class Capture:
    """Where and when a picture was taken.

    Attributes:
        captured_at: none means when it was received.
        offset_ms: place in ``video``, from its first frame.
        track: the device's own name of one visit, for all faces.
        places: instead of it, of several, each with the place of its face.
    """

    device: str
    captured_at: datetime | None
    video: str | None
    offset_ms: int | None
    track: str | None
    places: tuple[TrackPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class Crops:
    """Faces cut out and aligned on the device, as files; one metadata each."""

    files: tuple[bytes, ...]
    metadata: tuple[CropMetadata, ...]
