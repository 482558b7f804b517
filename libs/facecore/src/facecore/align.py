"""A face in a picture → the crop that the embedding model takes.

Device and cloud both use this, so that the same frame gives the same embedding (design
invariant 5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

import cv2
import numpy as np

from facecore.contract import Box
from facecore.image import RgbImage


@dataclass(frozen=True, slots=True)
class Preparation:
    """How a crop is cut and scaled.

    Attributes:
        size: side of the crop, in pixels.
        margin: pixels of the crop, both sides together, that lie outside of the detector's box.

    """

    size: int = 160
    margin: int = 40


FACENET: Final = Preparation()
"""The box stretched to a square, a third wider and higher than the detector's.

Chosen on LFW's View 1. Margins of 14, 24, 32 and 40 pixels lie close together there; squares
instead of stretched boxes, and one similarity transform by the landmarks, did worse.
"""


def align(image: RgbImage, box: Box, preparation: Preparation = FACENET) -> RgbImage:
    """Cut a face out with its margin and scale it to the model's input.

    What lies past the picture's edge is black: a face of which half is seen then keeps its
    proportions, and is recognised better than when that half is stretched over the crop.

    Args:
        image: RGB uint8 (H, W, 3).
        box: the detector's, in pixels of the image; it may reach past the edge.
        preparation: how.

    Returns:
        RGB uint8 (size, size, 3), contiguous.

    """
    face = _cut(image, *_with_margin(box, preparation))
    size = (preparation.size, preparation.size)
    return cast(RgbImage, cv2.resize(face, size, interpolation=cv2.INTER_AREA))


def _with_margin(box: Box, preparation: Preparation) -> tuple[int, int, int, int]:
    """Left, top, right and bottom in whole pixels, at least one each way."""
    grow = preparation.margin / (preparation.size - preparation.margin) / 2
    left, top = round(box.x - grow * box.width), round(box.y - grow * box.height)
    right = round(box.x + (1 + grow) * box.width)
    bottom = round(box.y + (1 + grow) * box.height)
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _cut(image: RgbImage, left: int, top: int, right: int, bottom: int) -> RgbImage:
    height, width = image.shape[:2]
    inside = image[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    if left >= 0 and top >= 0 and right <= width and bottom <= height:
        return inside
    face = np.zeros((bottom - top, right - left, 3), np.uint8)
    row, column = max(-top, 0), max(-left, 0)
    face[row : row + inside.shape[0], column : column + inside.shape[1]] = inside
    return face
