"""A face in one frame, and what finds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import av

from facecore.contract import Box, Landmarks, Quality
from facecore.image import RgbImage


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face.

    Attributes:
        box: in pixels of the frame; it may reach past the edge.
        landmarks: likewise.
        score: the detector's confidence, 0 to 1.
        quality: held against the limits of recognition.
        crop: aligned, RGB uint8 (S, S, 3); None when it was not found on this device.
        model: id of the model that the crop is for.
    """

    box: Box
    landmarks: Landmarks
    score: float
    quality: Quality
    crop: RgbImage | None = None
    model: str | None = None


class FaceFinder(Protocol):
    """The face gate; ``device_faces.DeviceFaces`` is one."""

    def find(self, picture: av.VideoFrame) -> Sequence[Face]:
        """The faces of a picture, largest first."""
        ...


def overlap(one: Box, other: Box) -> float:
    """Intersection over union, 0 to 1."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (one.width * one.height + other.width * other.height - shared)
