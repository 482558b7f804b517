"""Corrupt pictures. Each corruption has levels; each level gives a new JPEG file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import cast

import cv2
import numpy as np
from PIL import Image

from facecore.contract import Box
from facecore.vision.image import RgbImage

Corrupt = Callable[[RgbImage, Box, float], RgbImage]
"""(picture, its face's box, level) → the corrupted picture."""


@dataclass(frozen=True, slots=True)
class Corruption:
    """One kind of corruption, with its levels from weak to strong.

    Attributes:
        unit: the unit of a level.
        quality: the JPEG quality of the result; None means that the level is the quality.

    """

    name: str
    unit: str
    levels: tuple[float, ...]
    corrupt: Corrupt
    quality: int | None = 95

    def file(self, image: RgbImage, box: Box, level: float) -> bytes:
        """Return the picture, corrupted at this level, as a JPEG."""
        file = BytesIO()
        corrupted = Image.fromarray(self.corrupt(image, box, level))
        corrupted.save(file, "JPEG", quality=self.quality or int(level))
        return file.getvalue()


def _shrunk(image: RgbImage, box: Box, width: float) -> RgbImage:
    scale = width / box.width
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cast(RgbImage, cv2.resize(image, size, interpolation=how))


def _blurred(image: RgbImage, box: Box, percent: float) -> RgbImage:
    return cast(RgbImage, cv2.GaussianBlur(image, (0, 0), percent / 100 * box.width))


def _as_it_is(image: RgbImage, box: Box, level: float) -> RgbImage:  # noqa: ARG001 - as all others
    return image


def _darkened(image: RgbImage, box: Box, percent: float) -> RgbImage:  # noqa: ARG001 - as all others
    return np.asarray(image * np.float32(percent / 100), np.uint8)


def _rotated(image: RgbImage, box: Box, degrees: float) -> RgbImage:
    matrix = cv2.getRotationMatrix2D(_centre(box), degrees, 1.0)
    return _warped(image, np.vstack([matrix, [0, 0, 1]]))


def _turned(image: RgbImage, box: Box, degrees: float) -> RgbImage:
    """Warp the picture as if it was seen from the side, four face widths away."""
    (x, y), away = _centre(box), 4 * box.width
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    to_middle = np.array([[1, 0, -x], [0, 1, -y], [0, 0, 1]])
    seen = np.array([[cosine, 0, 0], [0, 1, 0], [sine / away, 0, 1]])
    return _warped(image, np.linalg.inv(to_middle) @ seen @ to_middle)


def _cut(image: RgbImage, box: Box, percent: float) -> RgbImage:
    """Cut off what lies left of this share of the face's width."""
    left = round(box.x + percent / 100 * box.width)
    return np.ascontiguousarray(image[:, max(left, 0) :])


def _covered(image: RgbImage, box: Box, percent: float) -> RgbImage:
    """Cover the lower part of the face with grey."""
    covered = image.copy()
    top = round(box.y + (1 - percent / 100) * box.height)
    covered[max(top, 0) :] = 128
    return covered


def _centre(box: Box) -> tuple[float, float]:
    return box.x + box.width / 2, box.y + box.height / 2


def _warped(image: RgbImage, matrix: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> RgbImage:
    size = (image.shape[1], image.shape[0])
    return cast(
        RgbImage,
        cv2.warpPerspective(
            image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        ),
    )


CORRUPTIONS: tuple[Corruption, ...] = (
    Corruption("size", "pixels of face width", (160, 112, 80, 64, 48, 40, 32, 24), _shrunk),
    Corruption("blur", "% of face width", (0.5, 1, 1.5, 2, 3, 4), _blurred),
    Corruption("jpeg", "quality", (70, 50, 30, 20, 10, 5), _as_it_is, quality=None),
    Corruption("darkness", "% of the light", (70, 50, 35, 25, 15, 8), _darkened),
    Corruption("rotation", "degrees", (10, 20, 30, 45, 60, 90), _rotated),
    Corruption("yaw", "degrees, of the picture's plane", (20, 35, 50, 60, 70), _turned),
    Corruption("half face", "% of the width cut off", (10, 20, 30, 40, 50, 60), _cut),
    Corruption("covered", "% of the height", (10, 20, 30, 40, 50), _covered),
)
