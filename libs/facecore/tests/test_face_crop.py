"""Thumbnails of faces: small, with some surroundings, and with the face's box."""

from __future__ import annotations

import numpy as np
import pytest

from facecore.contract import Box
from facecore.vision.image import RgbImage, decode
from facecore.vision.thumbnails import FACE_CROP_BYTES, FACE_CROP_PX, crop_face, keep_aligned_crop


def noise(height: int, width: int) -> RgbImage:
    return np.random.default_rng(7).integers(0, 256, (height, width, 3), np.uint8)


def white_square(side: int, box: Box) -> RgbImage:
    image = np.zeros((side, side, 3), np.uint8)
    left, top = round(box.x), round(box.y)
    image[top : top + round(box.height), left : left + round(box.width)] = 255
    return image


@pytest.mark.parametrize("length", [30, 80, 400, 1500])
def test_the_box_is_where_the_face_is_in_the_thumbnail(length: int) -> None:
    box = Box(x=700, y=900, width=length, height=length)
    crop = crop_face(white_square(3000, box), box)
    pixels = decode(crop.jpeg)
    assert max(pixels.shape) <= FACE_CROP_PX
    rows, columns = np.nonzero(pixels[:, :, 1] > 128)
    assert columns.min() == pytest.approx(crop.box.x, abs=1.5)
    assert rows.min() == pytest.approx(crop.box.y, abs=1.5)
    assert columns.max() + 1 == pytest.approx(crop.box.x + crop.box.width, abs=1.5)
    assert pixels.shape[1] / crop.box.width == pytest.approx(1.7, abs=0.1)


def test_a_small_face_is_not_enlarged() -> None:
    crop = crop_face(noise(300, 300), Box(x=100, y=100, width=40, height=60))
    assert decode(crop.jpeg).shape == (102, 68, 3)
    assert (crop.box.width, crop.box.height) == (40, 60)


@pytest.mark.parametrize(
    "box",
    [
        Box(x=-50, y=-60, width=120, height=140),
        Box(x=280, y=290, width=100, height=100),
        Box(x=-500, y=10, width=20, height=20),
        Box(x=10, y=9000, width=20, height=20),
        Box(x=10, y=10, width=1e6, height=0.01),
    ],
)
def test_a_box_may_reach_past_the_edge(box: Box) -> None:
    crop = crop_face(noise(300, 300), box)
    height, width, _ = decode(crop.jpeg).shape
    assert 1 <= min(height, width) <= max(height, width) <= FACE_CROP_PX


def test_whatever_the_pixels_are_the_bytes_are_few() -> None:
    box = Box(x=300, y=300, width=400, height=400)
    for crop in (crop_face(noise(1000, 1000), box), keep_aligned_crop(noise(160, 160))):
        assert len(crop.jpeg) <= FACE_CROP_BYTES


def test_an_aligned_crop_is_kept_whole() -> None:
    aligned = np.full((112, 112, 3), 90, np.uint8)
    crop = keep_aligned_crop(aligned)
    assert decode(crop.jpeg).shape == (112, 112, 3)
    assert crop.box == Box(x=0, y=0, width=112, height=112)
