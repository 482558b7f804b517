"""Pictures for the tests, made from the public-domain portraits."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from facecore.contract import Box


@dataclass(frozen=True, slots=True)
class Portraits:
    """JPEG or PNG bytes, each showing one face."""

    obama: bytes
    obama_again: bytes
    biden: bytes
    collins: bytes
    hopper: bytes
    obama_half_face: bytes


def without_face() -> bytes:
    """Return a picture of a room with a window and nobody in it."""
    room = Image.new("RGB", (640, 480), (188, 180, 170))
    draw = ImageDraw.Draw(room)
    draw.rectangle((380, 60, 560, 240), fill=(150, 190, 230), outline=(90, 80, 70), width=8)
    draw.rectangle((0, 400, 640, 480), fill=(110, 90, 70))
    return jpeg(room)


def side_by_side(*pictures: bytes, height: int = 480) -> bytes:
    """Join several pictures to one, left to right."""
    scaled = [_scaled(Image.open(io.BytesIO(data)).convert("RGB"), height) for data in pictures]
    whole = Image.new("RGB", (sum(p.width for p in scaled), height))
    x = 0
    for picture in scaled:
        whole.paste(picture, (x, 0))
        x += picture.width
    return jpeg(whole)


def shrunk(picture: bytes, height: int) -> bytes:
    """Return the same picture with fewer pixels."""
    return jpeg(_scaled(Image.open(io.BytesIO(picture)).convert("RGB"), height))


def blurred(picture: bytes, radius: float) -> bytes:
    """Return the same picture out of focus."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    return jpeg(image.filter(ImageFilter.GaussianBlur(radius)))


def between(first: bytes, first_face: Box, second: bytes, second_face: Box, share: float) -> bytes:
    """Return a blend of two faces, which resembles both."""
    both = Image.blend(_close_up(first, first_face), _close_up(second, second_face), share)
    return jpeg(both)


def jpeg(image: Image.Image, quality: int = 92) -> bytes:
    """Return a picture's JPEG bytes."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def png(image: Image.Image) -> bytes:
    """Return a picture's PNG bytes."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def png_of(pixels: NDArray[np.uint8]) -> bytes:
    """Return the PNG bytes of an RGB array (H, W, 3)."""
    return png(Image.fromarray(pixels))


def _close_up(picture: bytes, face: Box) -> Image.Image:
    x, y = face.x + face.width / 2, face.y + face.height / 2
    side = max(face.width, face.height)
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    corners = (int(x - side), int(y - side), int(x + side), int(y + side))
    return image.crop(corners).resize((400, 400))


def _scaled(image: Image.Image, height: int) -> Image.Image:
    return image.resize((round(image.width * height / image.height), height))
