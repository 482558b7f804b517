"""Bytes → RGB: every kind of bad input is refused, and the error names the reason."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecore.contract import MAX_IMAGE_BYTES
from facecore.errors import (
    ImageEmpty,
    ImageError,
    ImageTooLarge,
    ImageTooManyPixels,
    ImageTruncated,
    ImageUnsupported,
)
from facecore.vision.image import RgbImage, decode

# Pillow warns of damaged EXIF blocks; here, as in service, that is no error.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

Encode = Callable[..., bytes]


def test_no_bytes() -> None:
    with pytest.raises(ImageEmpty, match="0 bytes"):
        decode(b"")


def test_too_many_bytes_are_named() -> None:
    with pytest.raises(ImageTooLarge, match=r"4,194,305 bytes; send at most 4,194,304"):
        decode(bytes(MAX_IMAGE_BYTES + 1))


@pytest.mark.parametrize(
    ("file_format", "found"),
    [
        ("GIF", "a GIF"), ("BMP", "a BMP"), ("TIFF", "a TIFF"), ("ICO", "an icon"),
        ("AVIF", "an AVIF"), ("JPEG2000", "a JPEG 2000"), ("PDF", "a PDF"),
    ],
)  # fmt: skip
def test_another_format_is_named(
    small_photo: RgbImage, encode: Encode, file_format: str, found: str
) -> None:
    with pytest.raises(ImageUnsupported, match=f"found {found}; send JPEG, PNG or WebP"):
        decode(encode(small_photo, file_format))


@pytest.mark.parametrize("data", [b"hello", b"\0" * 64, b"<svg/>", b'{"a": 1}', b"PK\x03\x04"])
def test_what_is_no_picture_is_unsupported(data: bytes) -> None:
    with pytest.raises(ImageUnsupported, match="send JPEG, PNG or WebP"):
        decode(data)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("part", [0.05, 0.5, 0.99])
def test_a_picture_cut_short(
    small_photo: RgbImage, encode: Encode, file_format: str, part: float
) -> None:
    data = encode(small_photo, file_format)
    with pytest.raises(ImageTruncated, match="send the whole file"):
        decode(data[: int(len(data) * part)])


@pytest.mark.parametrize(
    ("options", "before", "sides"),
    [
        ({"file_format": "JPEG"}, b"\xff\xc0\x00\x11\x08", struct.pack(">HH", 5001, 5000)),
        ({"file_format": "PNG"}, b"IHDR", struct.pack(">II", 5000, 5001)),
        ({"file_format": "WEBP"}, b"\x9d\x01\x2a", struct.pack("<HH", 5000, 5001)),
        (
            {"file_format": "WEBP", "lossless": True},
            b"\x2f",
            struct.pack("<I", 4999 | 5000 << 14),
        ),
    ],
)
def test_too_many_pixels_are_refused_by_the_header(
    small_photo: RgbImage, encode: Encode, options: dict[str, Any], before: bytes, sides: bytes
) -> None:
    data = _overwritten(encode(small_photo, **options), before, sides)
    with pytest.raises(ImageTooManyPixels, match=r"5000 x 5001 pixels; send at most 25,000,000"):
        decode(data)


def test_a_jpeg_of_a_thousand_scans(small_photo: RgbImage, encode: Encode) -> None:
    with pytest.raises(ImageUnsupported, match="over 64 scans"):
        decode(_with_more_scans(encode(small_photo, "JPEG", progressive=True), 1000))


def test_a_large_jpeg_of_many_scans(small_photo: RgbImage, encode: Encode) -> None:
    small = encode(small_photo, "JPEG", progressive=True)
    large = _overwritten(small, b"\xff\xc2\x00\x11\x08", struct.pack(">HH", 5000, 5000))
    with pytest.raises(ImageUnsupported, match="17 or more scans of 25,000,000 pixels"):
        decode(_with_more_scans(large, 30))


def test_a_marker_inside_of_metadata_is_no_scan(small_photo: RgbImage, encode: Encode) -> None:
    data = encode(small_photo, "JPEG", comment=b"\xff\xda" * 1000)
    assert decode(data).shape == small_photo.shape


def test_a_jpeg_of_a_million_segments(small_photo: RgbImage, encode: Encode) -> None:
    data = encode(small_photo, "JPEG")
    with pytest.raises(ImageUnsupported, match="over 8192 segments"):
        decode(data[:2] + b"\xff\xe1\0\2" * 1_000_000 + data[2:])


def test_a_png_of_many_chunks() -> None:
    with pytest.raises(ImageUnsupported, match="over 8192 chunks"):
        decode(_grey_dot(_chunk(b"prVt", b"") * 100_000))


@pytest.mark.parametrize("kind", [b"zTXt", b"iCCP"])
def test_a_png_whose_text_swells(kind: bytes) -> None:
    swelling = _chunk(kind, b"k\0\0" + zlib.compress(bytes(4_000_000)))
    with pytest.raises(ImageTruncated, match="too large"):
        decode(_grey_dot(swelling))


@pytest.mark.parametrize("sides", [(1, 25_000_000), (25_000_000, 1), (16_385, 1), (1, 16_385)])
def test_a_side_over_the_limit_is_refused_by_the_header(sides: tuple[int, int]) -> None:
    """The pointers of 25,000,000 rows alone take 200 MB."""
    width, height = sides
    message = f"{width} x {height} pixels; send sides of at most 16,384"
    with pytest.raises(ImageTooManyPixels, match=message):
        decode(_grey(width, height))


@pytest.mark.parametrize("sides", [(16_384, 1), (1, 16_384), (16_384, 1_525)])
def test_a_side_at_the_limit_is_decoded(sides: tuple[int, int]) -> None:
    width, height = sides
    assert decode(_grey(width, height)).shape == (height, width, 3)


FILLING = {
    "fill bytes": b"\xff",
    "stuffed bytes": b"\xff\x00",
    "restarts": b"\xff\xd0",
    "starts": b"\xff\xd8",
    "what belongs to no segment": b"\xff\x00garbage",
}


@pytest.mark.parametrize("name", FILLING)
def test_a_jpeg_filled_up_between_its_segments(
    small_photo: RgbImage, encode: Encode, name: str
) -> None:
    """Pillow skips fill bytes one by one: 4 MB take seconds."""
    data, filling = encode(small_photo, "JPEG"), FILLING[name]
    with pytest.raises(ImageUnsupported, match="over 65,536 bytes between its segments"):
        decode(data[:2] + filling * (4_000_000 // len(filling)) + data[2:])
    halves = filling * (40_000 // len(filling))
    middle = data.index(b"\xff\xdb")
    with pytest.raises(ImageUnsupported, match="over 65,536 bytes between its segments"):
        decode(data[:2] + halves + data[2:middle] + halves + data[middle:])


def test_fill_bytes_between_segments_are_part_of_the_format(
    small_photo: RgbImage, encode: Encode
) -> None:
    """ITU-T T.81, B.1.1.2: fill bytes may precede any marker."""
    data = encode(small_photo, "JPEG")
    filled = decode(data[:2] + b"\xff" * 60_000 + data[2:])
    assert np.array_equal(filled, decode(data))


def test_a_jpeg_of_thousands_of_exif_segments(small_photo: RgbImage, encode: Encode) -> None:
    data = encode(small_photo, "JPEG")
    segment = b"\xff\xe1" + struct.pack(">H", 488) + b"Exif\0\0" + b"a" * 480
    with pytest.raises(ImageUnsupported, match="over 64 segments of EXIF"):
        decode(data[:2] + segment * 8000 + data[2:])


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP"])
def test_a_png_of_thousands_of_swelling_chunks(kind: bytes) -> None:
    """Each decompresses to just under Pillow's limit of a megabyte: 3,500 take 16 seconds."""
    head = b"k\0\1\0\0\0" if kind == b"iTXt" else b"k\0\0"
    chunk = _chunk(kind, head + zlib.compress(bytes(1_000_000)))
    with pytest.raises(ImageUnsupported, match="over 32 chunks of compressed text"):
        decode(_grey_dot(chunk * 3500))
    assert decode(_grey_dot(chunk * 2)).shape == (1, 1, 3)


@given(data=st.data())
def test_damage_is_an_image_error_or_a_picture(
    small_photo: RgbImage, encode: Encode, data: st.DataObject
) -> None:
    options = data.draw(st.sampled_from(_KINDS))
    picture = bytearray(encode(small_photo, **options))
    at = st.integers(0, len(picture) - 1)
    for where, value in data.draw(st.lists(st.tuples(at, st.integers(0, 255)), max_size=12)):
        picture[where] = value
    start, end = sorted(data.draw(st.tuples(at, at)))
    if data.draw(st.booleans()):
        del picture[start:end]
    _decodes_or_refuses(bytes(picture[: data.draw(st.integers(1, len(picture)))]))


_KINDS: list[dict[str, Any]] = [
    {"file_format": "JPEG"},
    {"file_format": "JPEG", "progressive": True},
    {
        "file_format": "JPEG",
        "exif": b"Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0",
    },
    {"file_format": "PNG"},
    {"file_format": "PNG", "bits": 4},
    {"file_format": "WEBP"},
    {"file_format": "WEBP", "lossless": True, "exif": b"Exif\0\0II*\0\x08\0\0\0\0\0"},
]


@given(
    start=st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x20\0\0\0WEBPVP8 "]),
    rest=st.binary(max_size=200),
)
def test_garbage_behind_a_right_start_is_refused(start: bytes, rest: bytes) -> None:
    _decodes_or_refuses(start + rest)


def _decodes_or_refuses(data: bytes) -> None:
    try:
        decoded = decode(data)
    except ImageError as error:
        assert "send" in str(error) or "save" in str(error)  # noqa: PT017 - either end is right
    else:
        assert decoded.dtype == np.uint8
        assert decoded.ndim == 3
        assert decoded.shape[2] == 3


def _with_more_scans(progressive: bytes, count: int) -> bytes:
    last = progressive[progressive.rindex(b"\xff\xda") : -2]
    return progressive[:-2] + last * count + progressive[-2:]


def _overwritten(data: bytes, before: bytes, value: bytes) -> bytes:
    """Return the file with the value written behind the first occurrence of ``before``."""
    at = data.index(before) + len(before)
    return data[:at] + value + data[at + len(value) :]


def _grey_dot(extra: bytes) -> bytes:
    """Return a PNG of one pixel, with further chunks."""
    return _grey(1, 1, extra)


def _grey(width: int, height: int, extra: bytes = b"") -> bytes:
    """Return a PNG of one grey, with further chunks."""
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = _chunk(b"IDAT", zlib.compress(bytes((width + 1) * height)))
    return b"\x89PNG\r\n\x1a\n" + header + extra + pixels + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
