"""Bytes → RGB: every accepted kind of picture."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from facecore.vision.image import RgbImage, decode

# Pillow warns of damaged EXIF blocks; here, as in service, that is no error.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

Encode = Callable[..., bytes]
LOSSLESS = [("PNG", {}), ("WEBP", {"lossless": True})]


@pytest.mark.parametrize(("file_format", "options"), LOSSLESS)
def test_lossless_pictures_come_back_as_they_were(
    small_photo: RgbImage, encode: Encode, file_format: str, options: dict[str, bool]
) -> None:
    decoded = decode(encode(small_photo, file_format, **options))
    assert decoded.dtype == np.uint8
    assert decoded.flags["C_CONTIGUOUS"]
    np.testing.assert_array_equal(decoded, small_photo)


@pytest.mark.parametrize("options", [{"quality": 95}, {"quality": 95, "progressive": True}])
def test_jpeg_comes_back_nearly_as_it_was(
    small_photo: RgbImage, encode: Encode, options: dict[str, int]
) -> None:
    assert _difference(decode(encode(small_photo, "JPEG", **options)), small_photo) < 4


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_exif_orientation_is_undone(
    small_photo: RgbImage, encode: Encode, file_format: str, orientation: int
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright = small_photo[:48]
    stored = _as_a_camera_stores(upright, orientation)
    decoded = decode(encode(stored, file_format, exif=exif.tobytes(), quality=95))
    assert decoded.shape == upright.shape
    assert _difference(decoded, upright) < 6


def _as_a_camera_stores(upright: RgbImage, orientation: int) -> RgbImage:
    """Rotate the picture as EXIF 2.3 stores it: the sides at which rows and columns begin."""
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: np.rot90(upright.transpose(1, 0, 2), 2),
        8: np.rot90(upright, -1),
    }[orientation]
    return np.ascontiguousarray(stored)


def test_a_damaged_exif_block_does_not_change_a_picture(
    small_photo: RgbImage, encode: Encode
) -> None:
    exif = b"Exif\0\0II*\0\xff\xff\xff\x7f" + b"\xff" * 20
    assert decode(encode(small_photo, "JPEG", exif=exif)).shape == small_photo.shape


@pytest.mark.parametrize(
    ("mode", "file_format"),
    [
        ("L", "JPEG"), ("CMYK", "JPEG"), ("L", "PNG"), ("1", "PNG"), ("P", "PNG"),
        ("RGBA", "PNG"), ("LA", "PNG"), ("RGBA", "WEBP"),
    ],
)  # fmt: skip
def test_other_colour_modes_become_rgb(small_photo: RgbImage, mode: str, file_format: str) -> None:
    picture = Image.fromarray(small_photo).convert(mode)
    file = BytesIO()
    picture.save(file, file_format)
    decoded = decode(file.getvalue())
    assert decoded.shape == small_photo.shape
    assert _difference(decoded, np.asarray(picture.convert("RGB"))) < 8


def test_transparent_pixels_are_white() -> None:
    file = BytesIO()
    half_clear = np.zeros((4, 4, 4), np.uint8)
    half_clear[:2, :, 3] = 255
    Image.fromarray(half_clear).save(file, "PNG")
    decoded = decode(file.getvalue())
    assert (decoded[:2] == 0).all()
    assert (decoded[2:] == 255).all()


@pytest.mark.parametrize(
    ("colour_type", "pixel", "expected"),
    [
        (0, (0x80FF,), (0x80, 0x80, 0x80)),
        (4, (0x2000, 0xFFFF), (0x20, 0x20, 0x20)),
        (2, (0xFF00, 0x8000, 0x1234), (0xFF, 0x80, 0x12)),
        (6, (0xFF00, 0x8000, 0x1234, 0xFFFF), (0xFF, 0x80, 0x12)),
    ],
    ids=["grey", "grey and alpha", "colour", "colour and alpha"],
)
def test_sixteen_bits_keep_their_upper_eight(
    colour_type: int, pixel: tuple[int, ...], expected: tuple[int, int, int]
) -> None:
    row = b"\0" + struct.pack(f">{len(pixel)}H", *pixel) * 3
    decoded = decode(_png(3, 2, row * 2, depth=16, colour_type=colour_type))
    assert (decoded == expected).all()


def test_a_clear_value_in_16_bit_grey_is_white() -> None:
    clear = _chunk(b"tRNS", b"\x80\x00")
    row = b"\0" + struct.pack(">2H", 0x8000, 0x4000)
    decoded = decode(_png(2, 1, row, clear, depth=16))
    assert decoded[0].tolist() == [[255] * 3, [0x40] * 3]


@pytest.mark.parametrize("file_format", ["WEBP", "PNG"])
def test_the_first_frame_of_an_animation_counts(
    small_photo: RgbImage, encode: Encode, file_format: str
) -> None:
    frames = [Image.fromarray(small_photo[::-1])]
    data = encode(small_photo, file_format, save_all=True, append_images=frames, lossless=True)
    np.testing.assert_array_equal(decode(data), small_photo)


def _difference(one: RgbImage, other: RgbImage) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def _png(
    width: int,
    height: int,
    rows: bytes,
    extra: bytes = b"",
    *,
    depth: int = 8,
    colour_type: int = 0,
) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + extra
        + _chunk(b"IDAT", zlib.compress(rows))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
