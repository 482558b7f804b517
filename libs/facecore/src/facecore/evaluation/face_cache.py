"""A cache of found faces by their pictures' content, so that a stopped evaluation can continue.

There is one SQLite file for each combination of model version, preprocessing and detector settings.
It holds embeddings of people. It is in the user's cache folder and can be deleted at any time.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from facecore import cache
from facecore.contract import Box, Quality
from facecore.vision.gallery import Embedding

VERSION = "3"
"""Increase it when the same picture gives another face with the same settings and models."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundFace:
    """The main face of a picture.

    Attributes:
        box: in pixels of the picture.
        quality: judged by the gate for recognition.
        embedding: the face's embedding, whatever its quality.

    """

    box: Box
    quality: Quality
    embedding: Embedding


class FaceCache:
    """Maps the SHA-256 of a picture's file to its face, or to None. For one thread."""

    def __init__(self, path: Path, model_id: str) -> None:
        """Open or create the file for one model's faces."""
        self._model_id = model_id
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.chmod(0o600)  # an older version made it readable by every user
        self._database = sqlite3.connect(path)
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS faces "
            "(sha256 TEXT PRIMARY KEY, box TEXT, quality TEXT, vector BLOB)"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    def known(self, digests: Iterable[str]) -> dict[str, FoundFace | None]:
        """Return the cached pictures of these, each with its face or None."""
        known: dict[str, FoundFace | None] = {}
        for sha256 in digests:
            row = self._database.execute(
                "SELECT box, quality, vector FROM faces WHERE sha256 = ?", (sha256,)
            ).fetchone()
            if row is not None:
                known[sha256] = self._found(*row)
        return known

    def put(self, faces: Iterable[tuple[str, FoundFace | None]]) -> None:
        """Store several faces in one transaction."""
        with self._database:
            self._database.executemany(
                "INSERT OR REPLACE INTO faces VALUES (?, ?, ?, ?)",
                [(sha256, *_columns(found)) for sha256, found in faces],
            )

    def _found(self, box: str | None, quality: str, vector: bytes) -> FoundFace | None:
        if box is None:
            return None
        embedding = Embedding(self._model_id, np.frombuffer(vector, np.float32))
        return FoundFace(
            Box.model_validate_json(box), Quality.model_validate_json(quality), embedding
        )


def _columns(found: FoundFace | None) -> tuple[str | None, str | None, bytes | None]:
    if found is None:
        return None, None, None
    box, quality = found.box.model_dump_json(), found.quality.model_dump_json()
    return box, quality, found.embedding.vector.tobytes()


def cache_path(model_id: str, *settings: object) -> Path:
    """Return the cache's path for one model and these settings."""
    key = "\n".join([VERSION, *(repr(setting) for setting in settings)])
    digest = hashlib.sha256(key.encode()).hexdigest()[:12]
    return cache.home() / "evaluation" / f"{model_id}-{digest}.sqlite"
