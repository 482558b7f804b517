"""A kept face as it is written, and read again.

A page of strangers reads the newest 2,000 each time; of those few are new.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from facecore.contract import SeenFace

_KNOWN: Final = 4096
"""Two pages' worth, some 10 MB. They say where a face was, not whose it is."""


def written_face(face: SeenFace) -> str:
    """As JSON."""
    return face.model_dump_json()


@lru_cache(_KNOWN)
def read_face(text: str) -> SeenFace:
    """What ``written_face`` gave; the same text is the same object, which nobody can change."""
    return SeenFace.model_validate_json(text)
