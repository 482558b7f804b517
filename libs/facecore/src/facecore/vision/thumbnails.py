"""A face cut out of the picture in which it was found: small enough to be kept beside its measures.

Some of what is around the face is kept, so that a person sees who it is, and so that a detector
finds the face again when another model is to embed it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL.Image import Image, Resampling, fromarray

from facecore.contract import Box
from facecore.vision.image import RgbImage, decode
from facecore.vision.image_header import read_header

FACE_CROP_PX: Final = 160
"""Longest side of a face crop in pixels."""
FACE_CROP_BYTES: Final = 6 * 1024
"""Most bytes of its JPEG."""
_AROUND: Final = 1.7
"""Sides of what is cut out, in sides of the face's box: hair and chin belong to a face."""
_QUALITIES: Final = (85, 75, 60, 45)
"""Of the JPEG, the first that fits."""
_SMALLER: Final = 0.75
"""When none fits, for pixels may be noise."""


@dataclass(frozen=True, slots=True)
class FaceCrop:
    """A face's own small picture.

    Attributes:
        jpeg: at most ``FACE_CROP_BYTES``, with nothing in it but the pixels.
        box: where the face is in it, in its pixels.

    """

    jpeg: bytes
    box: Box


def crop_face(image: RgbImage, box: Box) -> FaceCrop:
    """Cut a face out with what is around it, and scale it down to ``FACE_CROP_PX``.

    Args:
        image: RGB uint8 (H, W, 3).
        box: of the face, in pixels of the image; it may reach past the edge.

    """
    height, width, _ = image.shape
    left, right = _span(box.x, box.width, width)
    top, bottom = _span(box.y, box.height, height)
    small = _encode(fromarray(image[top:bottom, left:right]))
    across, down = small.width / (right - left), small.height / (bottom - top)
    return FaceCrop(
        small.jpeg,
        Box(
            x=(box.x - left) * across,
            y=(box.y - top) * down,
            width=box.width * across,
            height=box.height * down,
        ),
    )


def keep_aligned_crop(crop: RgbImage) -> FaceCrop:
    """Keep a crop that a device aligned, for it is all that was sent; the face fills it."""
    small = _encode(fromarray(crop))
    return FaceCrop(small.jpeg, Box(x=0, y=0, width=small.width, height=small.height))


@dataclass(frozen=True, slots=True)
class _Small:
    jpeg: bytes
    width: int
    height: int


def _span(start: float, length: float, limit: int) -> tuple[int, int]:
    """First pixel and the one after the last, within the picture; one pixel at least."""
    beside = (_AROUND - 1) / 2 * length
    first = min(max(round(start - beside), 0), limit - 1)
    return first, max(min(round(start + length + beside), limit), first + 1)


def _encode(image: Image) -> _Small:
    for size in _sizes(*image.size):
        small = image if size == image.size else image.resize(size, Resampling.LANCZOS)
        for quality in _QUALITIES:
            out = BytesIO()
            small.save(out, "JPEG", quality=quality)
            if out.tell() <= FACE_CROP_BYTES:
                return _Small(out.getvalue(), *size)
    raise AssertionError("a JPEG of a few pixels fits")  # the sizes go down to one pixel


def _sizes(width: int, height: int) -> Iterator[tuple[int, int]]:
    """From the size itself, or the largest that is allowed, down to one pixel."""
    scale = min(1.0, FACE_CROP_PX / max(width, height))
    while scale * max(width, height) >= 1:
        yield max(1, round(width * scale)), max(1, round(height * scale))
        scale *= _SMALLER


THUMBNAIL_PX: Final = 160
"""Sides of a thumbnail in pixels."""
_QUALITY: Final = 85
"""Of the JPEG: about 6 kB."""


def thumbnail(data: bytes, box: Box) -> bytes:
    """Cut the face out of a JPEG, PNG or WebP: a square JPEG of ``THUMBNAIL_PX``.

    Args:
        data: the photo's bytes.
        box: of the face, in pixels of the photo as it is upright; it may reach past the edge.

    Raises:
        ImageError: the bytes are no picture.

    """
    header = read_header(data)
    wanted = _AROUND * max(box.width, box.height)
    image = decode(data, shrink=_shrink(wanted))
    height, width, _ = image.shape
    scale = max(height, width) / max(header.height, header.width)
    side = min(wanted * scale, height, width)
    left = _start((box.x + box.width / 2) * scale, side, width)
    top = _start((box.y + box.height / 2) * scale, side, height)
    shown = (left, top, min(left + side, width), min(top + side, height))
    small = fromarray(image).resize((THUMBNAIL_PX, THUMBNAIL_PX), Resampling.BICUBIC, box=shown)
    out = BytesIO()
    small.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _shrink(side: float) -> int:
    """Return how much smaller the photo may be decoded, and still have every pixel of the thumbnail."""
    return next((by for by in (8, 4, 2) if side / by >= THUMBNAIL_PX), 1)


def _start(middle: float, side: float, length: float) -> float:
    """Return where what is shown begins: around the middle, but within the photo."""
    return min(max(middle - side / 2, 0.0), length - side)
