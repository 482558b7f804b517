"""Thumbnails: the face in the middle of a small square, for any photo."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageDraw

from facecore.contract import Box
from facecore.errors import ImageUnsupported
from facecore.vision.image import decode
from facecore.vision.thumbnails import THUMBNAIL_PX, thumbnail


def _photo(size: tuple[int, int], face: Box, file_format: str = "JPEG", turn: int = 1) -> bytes:
    """Return a white photo with a red face; ``turn`` is its EXIF orientation."""
    image = Image.new("RGB", size, "white")
    corners = (face.x, face.y, face.x + face.width, face.y + face.height)
    ImageDraw.Draw(image).rectangle(corners, fill="red")
    if turn == 6:  # upright after a quarter turn to the right
        image = image.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = turn
    out = BytesIO()
    image.save(out, file_format, exif=exif.tobytes())
    return out.getvalue()


def _red(jpeg: bytes) -> np.ndarray:
    assert jpeg.startswith(b"\xff\xd8\xff")
    pixels = decode(jpeg).astype(int)
    assert pixels.shape == (THUMBNAIL_PX, THUMBNAIL_PX, 3)
    red: np.ndarray = pixels[..., 1] < 128
    return red


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("turn", [1, 6])
@pytest.mark.parametrize("scale", [1, 3, 10])
def test_the_face_is_in_the_middle(file_format: str, turn: int, scale: int) -> None:
    face = Box(x=110 * scale, y=60 * scale, width=50 * scale, height=60 * scale)
    red = _red(thumbnail(_photo((300 * scale, 200 * scale), face, file_format, turn), face))
    rows, columns = np.flatnonzero(red.any(1)), np.flatnonzero(red.any(0))
    middle = THUMBNAIL_PX / 2
    assert (rows[0] + rows[-1]) / 2 == pytest.approx(middle, abs=3)
    assert (columns[0] + columns[-1]) / 2 == pytest.approx(middle, abs=3)
    assert len(rows) == pytest.approx(THUMBNAIL_PX / 1.7, abs=4)


@pytest.mark.parametrize("face", [Box(x=-20, y=-10, width=60, height=60)])
def test_a_face_at_the_edge_is_shown_within_the_photo(face: Box) -> None:
    red = _red(thumbnail(_photo((300, 200), face), face))
    assert red[0, 0]
    assert not red[-1, -1]


@pytest.mark.parametrize("size", [(90, 120), (1001, 1000), (1999, 2001), (8001, 1003)])
def test_a_face_larger_than_the_photo_is_shown_as_far_as_it_goes(size: tuple[int, int]) -> None:
    face = Box(x=-50, y=-50, width=9000, height=9000)
    assert _red(thumbnail(_photo(size, face), face)).all()


def test_a_face_that_the_photo_does_not_reach_is_no_failure() -> None:
    face = Box(x=900, y=900, width=50, height=50)
    assert not _red(thumbnail(_photo((300, 200), face), face)).any()


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(ImageUnsupported):
        thumbnail(b"no picture", Box(x=0, y=0, width=1, height=1))
