"""The integral image gives the mean of each window of torch's area interpolation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from facecore.vision.image import RgbImage
from facecore.vision.tensors import IntegralImage, Tensor


@pytest.fixture(scope="module")
def noise() -> RgbImage:
    return np.random.default_rng(3).integers(0, 256, (61, 84, 3), np.uint8)


@pytest.mark.parametrize(("width", "height"), [(84, 61), (25, 18), (13, 12), (1, 1), (90, 70)])
def test_a_picture_at_another_size(noise: RgbImage, width: int, height: int) -> None:
    expected = windows(noise, width, height)
    np.testing.assert_allclose(IntegralImage(noise).resized(width, height)[0], expected, atol=1e-5)


def test_parts_small_large_and_at_the_edge(noise: RgbImage) -> None:
    parts = np.array([[0, 0, 84, 61], [80, 57, 84, 61], [5, 7, 6, 8], [10, 20, 34, 44]])
    cuts = IntegralImage(noise).cut(parts, 24)
    for cut, (left, top, right, bottom) in zip(cuts, parts.tolist(), strict=True):
        np.testing.assert_allclose(cut, windows(noise[top:bottom, left:right], 24, 24), atol=1e-5)


def test_what_lies_past_the_edge_is_grey(noise: RgbImage) -> None:
    around = np.full((81, 104, 3), 127.5)
    around[10:71, 10:94] = noise
    parts = np.array([[-10, -10, 30, 40], [70, 50, 94, 71], [-5, 20, 94, 30]])
    cuts = IntegralImage(noise).cut(parts, 24)
    for cut, (left, top, right, bottom) in zip(cuts, (parts + 10).tolist(), strict=True):
        np.testing.assert_allclose(cut, windows(around[top:bottom, left:right], 24, 24), atol=1e-5)


def test_a_white_picture_of_the_largest_size_does_not_overflow() -> None:
    sums = IntegralImage(np.full((2800, 3000, 3), 255, np.uint8))
    assert sums.resized(2, 2) == pytest.approx(127.5 / 128)


def test_a_picture_too_large_to_sum_up_is_refused() -> None:
    with pytest.raises(ValueError, match="too many to sum up"):
        IntegralImage(np.zeros((2900, 3000, 3), np.uint8))


def windows(image: NDArray[Any], width: int, height: int) -> Tensor:
    """Return windows by definition: i of n is floor(i * size / n) to ceil((i + 1) * size / n)."""
    rows, columns = (
        [(i * size // n, -(-(i + 1) * size // n)) for i in range(n)]
        for size, n in zip(image.shape[:2], (height, width), strict=True)
    )
    means = [[image[t:b, le:r].mean(axis=(0, 1)) for le, r in columns] for t, b in rows]
    scaled: Tensor = (np.array(means, np.float32) - np.float32(127.5)) / np.float32(128)
    return scaled.transpose(2, 0, 1)
