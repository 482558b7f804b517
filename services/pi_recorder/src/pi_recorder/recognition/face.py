"""A face in one frame, and the interface of a face finder."""

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
        landmarks: in pixels of the frame.
        score: the detector's confidence, 0 to 1.
        quality: judged by the quality gate of recognition.
        crop: the face crop, RGB uint8 (S, S, 3); None if it was not found on this device.
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
    """The position of a visit's face in a frame.

    Attributes:
        track: the visit's id.
        box: in pixels of the frame.
    """

    track: str
    box: Box


class FaceFinder(Protocol):
    """A face detector; ``device_faces.DeviceFaces`` is one."""

    def find(self, picture: av.VideoFrame) -> Sequence[Face]:
        """Return the faces of a picture, largest first."""
        ...
