"""Faces found before, by the content of their pictures; so an evaluation goes on where it stopped.

One SQLite file for each combination of a model as it was built, its preprocessing, and the
detector's settings. It holds embeddings of people: it lies in the user's cache, and can be deleted
at any time.
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
"""Counts up when the same picture would give another face with the same settings and models."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundFace:
    """The face that a picture is about.

    Attributes:
        box: in pixels of the picture.
        quality: held against the gate for recognition.
        embedding: of the face, whatever the quality.

    """

    box: Box
    quality: Quality
    embedding: Embedding


class FaceCache:
    """SHA-256 of a picture's file → its face, or that it has none. Of one thread."""

    def __init__(self, path: Path, model_id: str) -> None:
        """Open the file, made when it is not there; of one model's faces."""
        self._model_id = model_id
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.chmod(0o600)  # an older version left it readable by everybody on the machine
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
        """Those of the pictures that were looked at, with their face if they have one."""
        known: dict[str, FoundFace | None] = {}
        for sha256 in digests:
            row = self._database.execute(
                "SELECT box, quality, vector FROM faces WHERE sha256 = ?", (sha256,)
            ).fetchone()
            if row is not None:
                known[sha256] = self._found(*row)
        return known

    def put(self, faces: Iterable[tuple[str, FoundFace | None]]) -> None:
        """Keep several at once; a kill loses all of them or none."""
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
    """Where the faces of one model, found with these settings, are kept."""
    told = "\n".join([VERSION, *(repr(setting) for setting in settings)])
    digest = hashlib.sha256(told.encode()).hexdigest()[:12]
    return cache.home() / "evaluation" / f"{model_id}-{digest}.sqlite"
