"""Decode untrusted bytes to an RGB array, or raise an error that says what is wrong.

The header is read first (``image_header``), so that a picture with too many bytes or pixels, or too
much work for a decoder, is refused before it is decoded. Pillow then decodes it with the plugin of
the format that the first bytes name.
"""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Image, Transpose, fromarray, new
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from facecore.contract import MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS, MAX_IMAGE_SIDE
from facecore.errors import ImageEmpty, ImageTooLarge, ImageTooManyPixels, ImageTruncated
from facecore.vision.image_header import ImageFormat, read_header

RgbImage = NDArray[np.uint8]
"""RGB, uint8, (H, W, 3), contiguous."""

# Pillow's plugins by format, called directly: Image.open would also look for a second picture after
# a JPEG (MPO), and only warn where this module refuses.
_PLUGINS: Final[dict[ImageFormat, type[ImageFile]]] = {
    ImageFormat.JPEG: JpegImageFile,
    ImageFormat.PNG: PngImageFile,
    ImageFormat.WEBP: WebPImageFile,
}

# Exceptions of Pillow's plugins on damaged data; warnings are raised only if a process says so.
_DAMAGED: Final = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, ArithmeticError,
    struct.error, zlib.error, Warning,
)  # fmt: skip

_ORIENTATION_TAG: Final = 0x0112
_UPRIGHT: Final[dict[int, Transpose]] = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""EXIF 2.3, tag 0x0112: the transposition that turns a stored picture upright."""

_STRIP_PIXELS: Final = 1_000_000
"""Most pixels to copy out of Pillow at once."""

_BACKGROUND: Final = (255, 255, 255, 255)
"""White, the background of transparent pixels."""


def decode(data: bytes, *, shrink: int = 1) -> RgbImage:
    """Decode a JPEG, PNG or WebP; of an animation, the first frame.

    Args:
        data: the file's bytes, at most ``contract.MAX_IMAGE_BYTES``.
        shrink: 1, 2, 4 or 8: a JPEG is decoded with its sides divided by this, which takes a fifth
            of the time. Other formats ignore it.

    Returns:
        RGB uint8 (H, W, 3), upright according to EXIF. Grey, palette, CMYK and 16-bit pictures are
        converted; transparent pixels are put on white.

    Raises:
        ImageEmpty: no bytes.
        ImageTooLarge: more bytes than the limit.
        ImageTooManyPixels: more pixels than ``contract.MAX_IMAGE_PIXELS``, or a side longer than
            ``contract.MAX_IMAGE_SIDE``.
        ImageUnsupported: another format, which the message names, or too much work for a decoder.
        ImageTruncated: damaged or cut short.

    """
    if not data:
        raise ImageEmpty("the picture is empty (0 bytes); send JPEG, PNG or WebP")
    if len(data) > MAX_IMAGE_BYTES:
        raise ImageTooLarge(
            f"the picture has {len(data):,} bytes; send at most {MAX_IMAGE_BYTES:,}"
        )
    header = read_header(data)
    _check_pixels(header.width, header.height)
    try:
        return _decode(_PLUGINS[header.format](BytesIO(data)), shrink)
    except _DAMAGED as error:
        raise ImageTruncated(
            f"the {header.format.value} is damaged or cut short ({error}); send the whole file"
        ) from error


def _check_pixels(width: int, height: int) -> None:
    if max(width, height) > MAX_IMAGE_SIDE:
        raise ImageTooManyPixels(
            f"the picture has {width} x {height} pixels; send sides of at most {MAX_IMAGE_SIDE:,}"
        )
    if width * height > MAX_IMAGE_PIXELS:
        raise ImageTooManyPixels(
            f"the picture has {width} x {height} pixels; send at most {MAX_IMAGE_PIXELS:,}"
        )


def _decode(file: ImageFile, shrink: int) -> RgbImage:
    with file:
        _check_pixels(*file.size)
        if shrink > 1:
            width, height = file.size
            file.draft(None, (max(1, width // shrink), max(1, height // shrink)))
        file.load()
        turn = _UPRIGHT.get(_orientation(file))
        rgb = _to_rgb(file)
        return _to_array(rgb if turn is None else rgb.transpose(turn))


def _orientation(file: ImageFile) -> int:
    """Read the EXIF orientation; a damaged EXIF block is ignored."""
    try:
        value = file.getexif().get(_ORIENTATION_TAG, 1)
    except _DAMAGED:
        return 1
    return value if isinstance(value, int) else 1


def _to_rgb(image: Image) -> Image:
    if image.mode in {"I", "I;16"}:
        image = _to_eight_bits(image)
    if image.has_transparency_data:
        background = new("RGBA", image.size, _BACKGROUND)
        background.alpha_composite(image.convert("RGBA"))
        image = background
    # convert() would copy a picture that is already RGB.
    return image if image.mode == "RGB" else image.convert("RGB")


def _to_array(image: Image) -> RgbImage:
    """Copy a large picture in strips; Pillow would hold it twice in memory otherwise."""
    width, height = image.size
    if width * height <= _STRIP_PIXELS:
        return np.ascontiguousarray(image)
    rows = max(1, _STRIP_PIXELS // width)
    pixels = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        pixels[top:bottom] = np.asarray(image.crop((0, top, width, bottom)))
    return pixels


def _to_eight_bits(image: Image) -> Image:
    """Keep the upper eight bits of 16-bit grey; Pillow would clip them to white."""
    values = np.asarray(image).astype(np.uint16)
    grey = (values >> 8).astype(np.uint8)
    clear = image.info.get("transparency")
    if clear is None:
        return fromarray(grey)
    alpha = np.where(values == clear, 0, 255).astype(np.uint8)
    return fromarray(np.dstack([grey, alpha]))
