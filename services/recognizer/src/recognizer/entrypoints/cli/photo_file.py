"""Reads a photo to send, and scales it down if it is larger than the API allows.

Phone pictures often have more bytes or pixels than a request may have, and a face needs far fewer.
The file on disk stays unchanged.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from facecore.contract import MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS
from recognizer.entrypoints.cli.people_folder import PHOTO_TYPES

_LONGEST_PX = 2560
_QUALITY = 92


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A photo as it is sent: its bytes and their media type."""

    data: bytes
    content_type: str


def read_photo(path: Path) -> PhotoFile:
    """Return the file as it is, or scaled down if only its size would be refused.

    A file that is no picture is also returned as it is: the server says what is wrong with it.
    The same file always gives the same bytes, so that an import can be run again.

    Raises:
        OSError: the file can't be read.
    """
    data = path.read_bytes()
    as_it_is = PhotoFile(data, PHOTO_TYPES[path.suffix.lower()])
    try:
        with warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning):
            image = Image.open(io.BytesIO(data))
            if len(data) <= MAX_IMAGE_BYTES and image.width * image.height <= MAX_IMAGE_PIXELS:
                return as_it_is
            return _smaller(image)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return as_it_is


def _smaller(image: Image.Image) -> PhotoFile:
    image.draft("RGB", (_LONGEST_PX, _LONGEST_PX))  # decodes a JPEG at reduced size
    upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((_LONGEST_PX, _LONGEST_PX))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=_QUALITY)
    return PhotoFile(out.getvalue(), "image/jpeg")
