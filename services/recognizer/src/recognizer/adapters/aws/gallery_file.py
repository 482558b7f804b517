"""The format of a gallery snapshot's object: a NumPy archive of arrays, without pickle.

https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_DAMAGES = (
    ValueError,
    KeyError,
    TypeError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
)


class GalleryFileDamaged(Exception):
    """The bytes were not written by ``write``."""


@dataclass(frozen=True, slots=True, eq=False)
class GalleryFile:
    """The gallery of one model at one version.

    Attributes:
        face_ids: N of them, each ``label/photo id``.
        vectors: float32 (N, D), unit length.
    """

    version: int
    model: str
    face_ids: tuple[str, ...]
    vectors: NDArray[np.float32]


def empty(model: str, dimension: int) -> GalleryFile:
    """Return the empty gallery, version 0, with which every log begins."""
    return GalleryFile(0, model, (), np.empty((0, dimension), np.float32))


def write(gallery: GalleryFile) -> bytes:
    """Return the object's bytes."""
    stream = io.BytesIO()
    np.savez(
        stream,
        version=np.int64(gallery.version),
        model=_text(gallery.model),
        face_ids=_text("\n".join(gallery.face_ids)),
        vectors=gallery.vectors.astype("<f4", copy=False),
    )
    return stream.getvalue()


def read(content: bytes) -> GalleryFile:
    """Return the gallery of an object's bytes. Raise ``GalleryFileDamaged``."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            lines = bytes(arrays["face_ids"]).decode()
            return GalleryFile(
                version=int(arrays["version"]),
                model=bytes(arrays["model"]).decode(),
                face_ids=tuple(lines.split("\n")) if lines else (),
                vectors=arrays["vectors"].astype(np.float32, copy=False),
            )
    except _DAMAGES as error:
        raise GalleryFileDamaged(f"the gallery's snapshot is damaged: {error}") from error


def _text(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), np.uint8)
