"""The input tensors of all networks, also of parts and scaled copies of one picture.

Shrinking by area averages all pixels of the picture again for each level of the pyramid. With an
integral image (Crow, "Summed-area tables for texture mapping", SIGGRAPH 1984) four entries give the
mean of any rectangle. The rectangles are those of torch's ``interpolate(mode="area")``: whole
pixels that may overlap. facenet-pytorch 2.5.3 shrinks with it, so the networks get the same input.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from facecore.vision.image import RgbImage

Tensor = NDArray[np.float32]
"""float32, batch axis first."""

MEAN: Final = 127.5
SCALE: Final = 1 / 128


class Network(Protocol):
    """A network with one input; several threads may call it at once."""

    def __call__(self, batch: Tensor, /) -> tuple[Tensor, ...]:
        """Run one batch, (N, 3, H, W) with N >= 1, and return the outputs in their order."""
        ...


def to_tensor(images: Sequence[RgbImage]) -> Tensor:
    """Stack pictures of one size and map each value v to (v - 127.5) / 128.

    facenet-pytorch 2.5.3 prepares pictures for MTCNN and FaceNet in this way.

    Args:
        images: at least one; RGB uint8 (H, W, 3), all of one size.

    Returns:
        float32 (N, 3, H, W), RGB, in [-0.997, 0.997].

    """
    return cast(Tensor, cv2.dnn.blobFromImages(list(images), SCALE, mean=(MEAN, MEAN, MEAN)))


Whole = NDArray[np.intp]

_TABLE_LIMIT: Final = 2**31 // 255
"""Most pixels whose sum fits an entry of the table."""


class IntegralImage:
    """The sums of all rectangles from the picture's top left corner. Thread-safe."""

    def __init__(self, image: RgbImage) -> None:
        """Sum a picture, RGB uint8 (H, W, 3), of at most eight million pixels."""
        self.height, self.width = image.shape[:2]
        if self.height * self.width > _TABLE_LIMIT:
            raise ValueError(f"{self.width} x {self.height} pixels are too many to sum up")
        # With four channels: NumPy takes entries of 16 bytes several times faster than of 12.
        self._table = cv2.integral(cv2.cvtColor(image, cv2.COLOR_RGB2RGBA))

    def resized(self, width: int, height: int) -> Tensor:
        """Return the whole picture scaled, as by ``to_tensor``: (1, 3, height, width)."""
        top, bottom = _edges(np.zeros(1, np.intp), np.array([self.height]), height)
        left, right = _edges(np.zeros(1, np.intp), np.array([self.width]), width)
        # The indices are valid; "clip" saves the copy with which NumPy guards against invalid ones.
        rows = self._table.take(bottom[0], 0, mode="clip")
        rows -= self._table.take(top[0], 0, mode="clip")
        sums = rows.take(right[0], 1, mode="clip")
        sums -= rows.take(left[0], 1, mode="clip")
        areas = _areas(bottom - top, right - left)
        return _means(sums[None], areas, areas)

    def cut(self, parts: Whole, side: int) -> Tensor:
        """Cut parts out, each scaled to (side, side), as by ``to_tensor``: (N, 3, side, side).

        Args:
            parts: (N, 4): left, top, right, bottom in pixels; none is empty. Pixels past the
                picture's edge are the grey that ``to_tensor`` maps to 0, as networks pad.
            side: side of the output in pixels.

        """
        left, right = _edges(parts[:, 0], parts[:, 2], side)
        top, bottom = _edges(parts[:, 1], parts[:, 3], side)
        rows = np.clip(np.hstack([top, bottom]), 0, self.height)
        columns = np.clip(np.hstack([left, right]), 0, self.width)
        entries = rows[:, :, None] * (self.width + 1) + columns[:, None, :]
        corners = self._table.reshape(-1, 4).take(entries, 0, mode="clip")
        tall = corners[:, side:] - corners[:, :side]
        sums = tall[:, :, side:] - tall[:, :, :side]
        seen = _areas(rows[:, side:] - rows[:, :side], columns[:, side:] - columns[:, :side])
        return _means(sums, _areas(bottom - top, right - left), seen)


def _edges(low: Whole, high: Whole, count: int) -> tuple[Whole, Whole]:
    """Return begin and end, (N, count), of ``count`` windows between ``low`` and ``high``."""
    window, size = np.arange(count), (high - low)[:, None]
    begin = low[:, None] + window * size // count
    end = low[:, None] - (-(window + 1) * size) // count
    return begin, end


def _areas(heights: Whole, widths: Whole) -> Whole:
    """Return the pixels of each window of a grid: (N, H) and (N, W) → (N, H, W)."""
    return heights[:, :, None] * widths[:, None, :]


def _means(sums: NDArray[np.int32], areas: Whole, seen: Whole) -> Tensor:
    """Convert sums (N, H, W, 4) over the ``seen`` pixels of windows to means (N, 3, H, W)."""
    weights = (SCALE / areas).astype(np.float32)
    planes = sums[..., :3].transpose(0, 3, 1, 2)
    means = np.multiply(planes, weights[:, None], dtype=np.float32, order="C", casting="unsafe")
    means -= (np.float32(MEAN) * weights * seen)[:, None].astype(np.float32)
    return means
