"""Frames and crops as the files that are sent."""

from __future__ import annotations

import io
from typing import Final, cast

import av
from PIL import Image

from facecore.vision.image import RgbImage
from pi_recorder.capture.scaling import converted

JPEG_QUALITY: Final = 95
"""A face, cut from such a JPEG in the same place, has nearly the embedding of the frame itself:
cosine 0.996 and more over the demo clip, which a test holds. A detector places its boxes a little
otherwise in any JPEG, whatever its quality; see ADR 0012."""
_LONGEST_PX: Final = 1920
"""A 4K frame could exceed the contract's limit in bytes, and no face needs it."""


def rgb(picture: av.VideoFrame) -> RgbImage:
    """The picture as RGB uint8 (H, W, 3)."""
    return cast(RgbImage, converted(picture, "rgb24").to_ndarray())


def jpeg(picture: av.VideoFrame) -> bytes:
    """The picture as a JPEG, no side longer than 1920 pixels."""
    image = Image.fromarray(rgb(picture))
    image.thumbnail((_LONGEST_PX, _LONGEST_PX))
    return _file(image, "JPEG", quality=JPEG_QUALITY)


def png(crop: RgbImage) -> bytes:
    """A crop without loss, so that it gives the embedding that the frame itself would."""
    return _file(Image.fromarray(crop), "PNG", compress_level=1)


def _file(image: Image.Image, form: str, **options: int) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()
