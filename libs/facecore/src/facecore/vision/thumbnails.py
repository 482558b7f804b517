"""Cut faces out of pictures as small JPEGs, to store with a sighting or to show.

Some surroundings of the face are included, so that people can recognise it, and so that a detector
can find it again when another model embeds it.
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
"""Most bytes of a face crop's JPEG."""
_AROUND: Final = 1.7
"""Side of the cut-out in sides of the face's box, to include hair and chin."""
_QUALITIES: Final = (85, 75, 60, 45)
"""Qualities of the JPEG; the first that fits is used."""
_SMALLER: Final = 0.75
"""Scale of the next attempt if no quality fits, as with noise."""


@dataclass(frozen=True, slots=True)
class FaceCrop:
    """A small picture of a face.

    Attributes:
        jpeg: at most ``FACE_CROP_BYTES``, without metadata.
        box: the face's box in pixels of the JPEG.

    """

    jpeg: bytes
    box: Box


def crop_face(image: RgbImage, box: Box) -> FaceCrop:
    """Cut a face out with its surroundings, and scale it down to ``FACE_CROP_PX``.

    Args:
        image: RGB uint8 (H, W, 3).
        box: the face's box in pixels of the image; it may extend past the edge.

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
    """Encode a crop that a device aligned; the face fills it, and no other picture was sent."""
    small = _encode(fromarray(crop))
    return FaceCrop(small.jpeg, Box(x=0, y=0, width=small.width, height=small.height))


@dataclass(frozen=True, slots=True)
class _Small:
    jpeg: bytes
    width: int
    height: int


def _span(start: float, length: float, limit: int) -> tuple[int, int]:
    """Return the first pixel and the one after the last, within the picture; at least one."""
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
    """Yield sizes from the original, or the largest allowed, down to one pixel."""
    scale = min(1.0, FACE_CROP_PX / max(width, height))
    while scale * max(width, height) >= 1:
        yield max(1, round(width * scale)), max(1, round(height * scale))
        scale *= _SMALLER


THUMBNAIL_PX: Final = 160
"""Side of a thumbnail in pixels."""
_QUALITY: Final = 85
"""Quality of a thumbnail's JPEG, which has about 6 kB."""


def thumbnail(data: bytes, box: Box) -> bytes:
    """Cut the face out of a JPEG, PNG or WebP as a square JPEG of ``THUMBNAIL_PX``.

    Args:
        data: the photo's bytes.
        box: the face's box in pixels of the upright photo; it may extend past the edge.

    Raises:
        ImageError: the bytes are not a picture that is accepted.

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
    """Return the largest shrinking of the photo that keeps the thumbnail's resolution."""
    return next((by for by in (8, 4, 2) if side / by >= THUMBNAIL_PX), 1)


def _start(middle: float, side: float, length: float) -> float:
    """Return the start of the cut-out: centred on ``middle``, but within the photo."""
    return min(max(middle - side / 2, 0.0), length - side)
