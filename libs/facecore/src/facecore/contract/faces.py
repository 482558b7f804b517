"""A face in a picture: where it is and how usable it is."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from facecore.contract.base import Answer

Finite = Annotated[float, Field(allow_inf_nan=False)]


class Point(Answer):
    """A place in the picture, in pixels from its top left corner."""

    x: Finite
    y: Finite


class Box(Answer):
    """A face's rectangle, in pixels of the picture that was sent; it may reach past the edge."""

    x: Finite
    y: Finite
    width: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    height: Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Landmarks(Answer):
    """Five points of a face; left and right as the viewer sees them."""

    left_eye: Point
    right_eye: Point
    nose: Point
    mouth_left: Point
    mouth_right: Point


class QualityReason(StrEnum):
    """Why a face is not good enough to be named or enrolled."""

    TOO_SMALL = "too_small"
    BLURRED = "blurred"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    TURNED_AWAY = "turned_away"


class Quality(Answer):
    """How usable a face is, and why not."""

    accepted: bool
    reasons: list[QualityReason] = Field(default_factory=list)
    size_px: Finite
    """Shorter side of the box."""
    sharpness: Finite
    """Variance of the Laplacian of the aligned crop in grey levels; higher is sharper."""
    brightness: Finite
    """Mean grey level of the aligned crop, 0 to 255."""
    yaw: Finite
    """How far the nose lies off the middle of the eyes, in eye distances: 0 is frontal."""
