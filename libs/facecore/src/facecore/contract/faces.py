"""A face in a picture: where it is and how usable it is."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from facecore.contract.base import Answer, Number

Finite = Annotated[float, Field(allow_inf_nan=False)]

MAX_PLACE = 1_000_000
"""Largest coordinate in pixels: ten times the longest side of any frame."""
MIN_LENGTH = 1e-6
"""Shortest side of a box: the product of two sides never rounds to zero."""
MIN_FACE_LENGTH = 1
"""Shortest side of a face that a device may report, in pixels."""

Place = Annotated[Number, Field(ge=-MAX_PLACE, le=MAX_PLACE)]
Length = Annotated[Number, Field(ge=MIN_LENGTH, le=MAX_PLACE)]


class Point(Answer):
    """A point in the picture, in pixels from its top left corner."""

    x: Place
    y: Place


class Box(Answer):
    """A face's rectangle in pixels of the picture that was sent; it may extend past the edge."""

    x: Place
    y: Place
    width: Length
    height: Length


class Landmarks(Answer):
    """Five points of a face; left and right are the viewer's."""

    left_eye: Point
    right_eye: Point
    nose: Point
    mouth_left: Point
    mouth_right: Point


class QualityReason(StrEnum):
    """Why the quality gate refused a face."""

    TOO_SMALL = "too_small"
    BLURRED = "blurred"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    TURNED_AWAY = "turned_away"


class Quality(Answer):
    """Measured quality of a face, and why the quality gate refused it."""

    accepted: bool
    reasons: list[QualityReason] = Field(default_factory=list)
    size_px: Finite
    """Shorter side of the box, in pixels."""
    sharpness: Finite
    """Variance of the Laplacian of the face crop, in grey levels; higher is sharper."""
    brightness: Finite
    """Mean grey level of the face crop, 0 to 255."""
    yaw: Finite
    """Distance of the nose from the middle of the eyes, in eye distances; 0 is frontal."""
