"""Read a picture's header: format, size, and the amount of work for a decoder.

Nothing is decoded here. A file of a few kilobytes can take a decoder minutes: thousands of scans in
a progressive JPEG, each over every pixel, or a million empty segments. Counting them is enough to
refuse such files.

Sources: JPEG is ITU-T T.81, annex B; PNG is W3C PNG 3rd edition, section 5; WebP is RFC 9649.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from facecore.errors import ImageTruncated, ImageUnsupported

MAX_SCANS: Final = 64
"""Most scans of a progressive JPEG. Encoders write about ten."""
MAX_SCANNED_PIXELS: Final = 400_000_000
"""Most pixels times scans: 25 MP in 16 scans, which takes about a second to decode."""
MAX_SEGMENTS: Final = 8_192
"""Most JPEG segments or PNG chunks: 4 MiB in pieces of half a kilobyte."""


MAX_FILL_BYTES: Final = 65_536
"""Most bytes between a JPEG's segments before its first scan. Pillow skips them one by one."""
MAX_EXIF_SEGMENTS: Final = 64
"""Most EXIF segments of a JPEG: 4 MiB of full ones. For each, Pillow copies all earlier ones."""
MAX_PACKED_CHUNKS: Final = 32
"""Most PNG chunks of compressed text or colour profile. Each can expand to a megabyte."""


class ImageFormat(StrEnum):
    """The formats that are accepted."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WebP"


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """Format and size in pixels, before EXIF's orientation is applied."""

    format: ImageFormat
    width: int
    height: int


def read_header(data: bytes) -> ImageHeader:
    """Read format and size from a picture's header, and refuse hostile files.

    Raises:
        ImageUnsupported: the format is not JPEG, PNG or WebP, or there are too many scans or
            segments; the message says what was found.
        ImageTruncated: the header is damaged or cut short.

    """
    if data.startswith(b"\xff\xd8\xff"):
        return _read_jpeg(data)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _read_png(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _read_webp(data)
    raise ImageUnsupported(f"found {_name_of(data)}; send JPEG, PNG or WebP")


_OTHERS: Final = (
    (rb"GIF8[79]a", "a GIF"),
    (rb"BM.{4}\0\0\0\0", "a BMP"),
    (rb"II\*\0|MM\0\*|II\+\0|MM\0\+", "a TIFF"),
    (rb"%PDF", "a PDF"),
    (rb".{4}ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1)", "a HEIC"),
    (rb".{4}ftypavi[fs]", "an AVIF"),
    (rb".{4}ftyp", "an MP4 video"),
    (rb"\xff\x0a|.{4}JXL ", "a JPEG XL"),
    (rb".{4}jP  |\xff\x4f\xff\x51", "a JPEG 2000"),
    (rb"\0\0[\x01\x02]\0", "an icon"),
    (rb"PK\x03\x04", "a ZIP archive"),
    (rb"\s*<(?i:\?xml|svg|!doctype|html)", "an XML, SVG or HTML document"),
    (rb"\s*[\[{]", "JSON text"),
)


def _name_of(data: bytes) -> str:
    names = (name for pattern, name in _OTHERS if re.match(pattern, data, re.DOTALL))
    return next(names, "bytes that are not a picture")


# A marker inside scan data: not a stuffed FF 00, a restart, or a run of fill bytes (T.81 B.1.1).
_MARKER: Final = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")
_SOF: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SOS, _EOI, _APP1 = 0xDA, 0xD9, 0xE1


def _read_jpeg(data: bytes) -> ImageHeader:
    width = height = scans = segments = fill = exif = 0
    found = _MARKER.search(data, at := 2)
    while found and (kind := found[1][0]) != _EOI:
        body = found.end()
        fill += 0 if scans else found.start() - at
        exif += kind == _APP1 and data.startswith(b"Exif", body + 2)
        _check_header(fill, exif)
        if kind in _SOF:
            sof_height, sof_width = _unpack(">HH", data, body + 3, ImageFormat.JPEG)
            width, height = max(width, sof_width), max(height, sof_height)
        segments += 1
        scans += kind == _SOS
        _check_work(scans, segments, width * height)
        (length,) = _unpack(">H", data, body, ImageFormat.JPEG)
        found = _MARKER.search(data, at := body + length)
    _check_end(ImageFormat.JPEG, ended=found is not None)
    return _with_size(ImageFormat.JPEG, width, height)


def _check_header(fill: int, exif: int) -> None:
    if fill > MAX_FILL_BYTES:
        raise ImageUnsupported(
            f"the JPEG has over {MAX_FILL_BYTES:,} bytes between its segments; save it again"
        )
    if exif > MAX_EXIF_SEGMENTS:
        raise ImageUnsupported(
            f"the JPEG has over {MAX_EXIF_SEGMENTS} segments of EXIF; save it again"
        )


def _check_work(scans: int, segments: int, pixels: int) -> None:
    if segments > MAX_SEGMENTS:
        raise ImageUnsupported(f"the JPEG has over {MAX_SEGMENTS} segments; save it again")
    if scans > MAX_SCANS:
        raise ImageUnsupported(f"the JPEG has over {MAX_SCANS} scans; save it as a baseline JPEG")
    if scans * pixels > MAX_SCANNED_PIXELS:
        raise ImageUnsupported(
            f"the JPEG has {scans} or more scans of {pixels:,} pixels, over "
            f"{MAX_SCANNED_PIXELS:,} together; save it as a baseline JPEG"
        )


def _read_png(data: bytes) -> ImageHeader:
    if data[12:16] != b"IHDR":
        raise ImageTruncated("the PNG does not begin with its IHDR chunk; send the whole file")
    width, height = _unpack(">II", data, 16, ImageFormat.PNG)
    at, chunks, packed = 8, 0, 0
    while at + 8 <= len(data):
        packed += data[at + 4 : at + 8] in _PACKED
        at += 12 + int.from_bytes(data[at : at + 4], "big")
        chunks += 1
        _check_chunks(chunks, packed)
    _check_end(ImageFormat.PNG, ended=at <= len(data))
    return _with_size(ImageFormat.PNG, width, height)


_PACKED: Final = frozenset({b"zTXt", b"iTXt", b"iCCP"})


def _check_chunks(chunks: int, packed: int) -> None:
    if chunks > MAX_SEGMENTS:
        raise ImageUnsupported(f"the PNG has over {MAX_SEGMENTS} chunks; save it again")
    if packed > MAX_PACKED_CHUNKS:
        raise ImageUnsupported(
            f"the PNG has over {MAX_PACKED_CHUNKS} chunks of compressed text; save it again"
        )


def _read_webp(data: bytes) -> ImageHeader:
    width = height = 0
    (size,) = _unpack("<I", data, 4, ImageFormat.WEBP)
    _check_end(ImageFormat.WEBP, ended=len(data) >= 8 + size)
    match data[12:16]:
        case b"VP8X":
            low_w, high_w, low_h, high_h = _unpack("<HBHB", data, 24, ImageFormat.WEBP)
            width, height = 1 + low_w + (high_w << 16), 1 + low_h + (high_h << 16)
        case b"VP8L":
            (bits,) = _unpack("<I", data, 21, ImageFormat.WEBP)
            width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case b"VP8 ":
            width, height = (side & 0x3FFF for side in _unpack("<HH", data, 26, ImageFormat.WEBP))
    return _with_size(ImageFormat.WEBP, width, height)


def _check_end(image_format: ImageFormat, *, ended: bool) -> None:
    if not ended:
        raise ImageTruncated(f"the {image_format.value} is cut short; send the whole file")


def _with_size(image_format: ImageFormat, width: int, height: int) -> ImageHeader:
    if width < 1 or height < 1:
        raise ImageTruncated(f"the {image_format.value} does not say its size; send the whole file")
    return ImageHeader(image_format, width, height)


def _unpack(layout: str, data: bytes, at: int, image_format: ImageFormat) -> tuple[int, ...]:
    try:
        return struct.unpack_from(layout, data, at)
    except struct.error as error:
        raise ImageTruncated(
            f"the {image_format.value} ends inside its header; send the whole file"
        ) from error
