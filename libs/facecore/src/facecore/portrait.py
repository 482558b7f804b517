"""A small square picture of one face, cut out of the photo that shows it."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL.Image import Resampling, fromarray

from facecore.contract import Box
from facecore.image import decode
from facecore.image_header import read_header

PORTRAIT_PX: Final = 160
"""Sides of a portrait in pixels."""
"""Sides of what is shown, in longer sides of the face's box: hair and chin belong to a face."""
_QUALITY: Final = 85
"""Of the JPEG: about 6 kB."""


def portrait(data: bytes, box: Box) -> bytes:
    """Cut the face out of a JPEG, PNG or WebP: a square JPEG of ``PORTRAIT_PX``.

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
    small = fromarray(image).resize((PORTRAIT_PX, PORTRAIT_PX), Resampling.BICUBIC, box=shown)
    out = BytesIO()
    small.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _shrink(side: float) -> int:
    """How much smaller the photo may be decoded, and still have every pixel of the portrait."""
    return next((by for by in (8, 4, 2) if side / by >= PORTRAIT_PX), 1)


def _start(middle: float, side: float, length: float) -> float:
    """Where what is shown begins: around the middle, but within the photo."""
    return min(max(middle - side / 2, 0.0), length - side)
