"""A face in one frame, and what finds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import av

from facecore.contract import Box, Landmarks, Quality
from facecore.vision.image import RgbImage


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


@dataclass(frozen=True, slots=True)
class Followed:
    """Where the face of a visit is in a frame.

    Attributes:
        track: the visit's id.
        box: in pixels of the frame.
    """

    track: str
    box: Box


class FaceFinder(Protocol):
    """The face gate; ``device_faces.DeviceFaces`` is one."""

    def find(self, picture: av.VideoFrame) -> Sequence[Face]:
        """The faces of a picture, largest first."""
        ...
