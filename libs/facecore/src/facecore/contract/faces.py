"""A face in a picture: where it is and how usable it is."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from facecore.contract.base import Answer, Number

Finite = Annotated[float, Field(allow_inf_nan=False)]

MAX_PLACE = 1_000_000
"""Farthest place from a picture's corner, in pixels: ten times the longest side of any frame."""
MIN_LENGTH = 1e-6
"""Shortest side of a box: the product of two sides is never rounded to zero."""
MIN_FACE_LENGTH = 1
"""Shortest side of a face that a device may report, in pixels."""

Place = Annotated[Number, Field(ge=-MAX_PLACE, le=MAX_PLACE)]
Length = Annotated[Number, Field(ge=MIN_LENGTH, le=MAX_PLACE)]


class Point(Answer):
    """A place in the picture, in pixels from its top left corner."""

    x: Place
    y: Place


class Box(Answer):
    """A face's rectangle, in pixels of the picture that was sent; it may reach past the edge."""

    x: Place
    y: Place
    width: Length
    height: Length


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
