"""Alignment: the crop's size, margin and edges."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from facecore.contract import Box, Landmarks, Point
from facecore.models.preprocessing import FACENET, BoxCrop
from facecore.vision.align import align
from facecore.vision.image import RgbImage

MARKS = Landmarks(
    left_eye=Point(x=240, y=170),
    right_eye=Point(x=280, y=170),
    nose=Point(x=260, y=195),
    mouth_left=Point(x=245, y=215),
    mouth_right=Point(x=275, y=215),
)
near = st.floats(-300, 300)
sizes = st.floats(0.01, 400)


def test_without_margin_and_scaling_the_crop_is_the_box(group: RgbImage) -> None:
    exact = BoxCrop(size=160, margin=0)
    crop = align(group, Box(x=100, y=50, width=160, height=160), MARKS, exact)
    np.testing.assert_array_equal(crop, group[50:210, 100:260])


def test_the_margin_is_counted_in_pixels_of_the_crop(group: RgbImage) -> None:
    wide = BoxCrop(size=160, margin=40)
    crop = align(group, Box(x=120, y=70, width=120, height=120), MARKS, wide)
    np.testing.assert_array_equal(crop, group[50:210, 100:260])


def test_past_the_edge_is_black() -> None:
    white = np.full((100, 100, 3), 255, np.uint8)
    exact = BoxCrop(size=160, margin=0)
    crop = align(white, Box(x=-50, y=20, width=80, height=80), MARKS, exact)
    assert (crop[:, :96] == 0).all()
    assert (crop[:, 104:] == 255).all()


@given(x=near, y=near, width=sizes, height=sizes)
def test_any_box_gives_a_crop_of_the_models_size(
    small_photo: RgbImage, x: float, y: float, width: float, height: float
) -> None:
    crop = align(small_photo, Box(x=x, y=y, width=width, height=height), MARKS, FACENET)
    assert crop.shape == (FACENET.size, FACENET.size, 3)
    assert crop.dtype == np.uint8
    assert crop.flags["C_CONTIGUOUS"]


def test_the_picture_is_left_as_it_was(small_photo: RgbImage) -> None:
    before = small_photo.copy()
    align(small_photo, Box(x=-10, y=-10, width=200, height=30), MARKS, FACENET)
    np.testing.assert_array_equal(small_photo, before)
