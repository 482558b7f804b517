"""Find the faces of a dataset's pictures once, and cache them by the pictures' content.

So a stopped evaluation can continue. There is one SQLite file for each combination of model
version, preprocessing and detector settings. It holds embeddings of people. It is in the user's
cache folder and can be deleted at any time.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from facecore import cache
from facecore.contract import Box, Quality
from facecore.errors import DatasetError, ImageError
from facecore.evaluation.dataset import Picture
from facecore.vision.analyzer import Analysis, AnalyzedFace, FaceAnalyzer
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


BATCH = 32
"""Pictures between two writes to the cache; an interruption loses at most their faces."""

Progress = Callable[[int, int], None]
"""Called with the number of pictures done and of all pictures."""

Faces = Mapping[Picture, FoundFace | None]
"""Each picture's face; None if the detector found none."""


def find_faces(
    analyzer: FaceAnalyzer,
    pictures: Sequence[Picture],
    kept: FaceCache,
    *,
    workers: int,
    progress: Progress,
) -> Faces:
    """Find the face of each picture, or take it from the cache. It can be interrupted and resumed.

    Args:
        analyzer: finds and embeds the faces.
        pictures: any number of pictures.
        kept: the cache of this analyzer.
        workers: number of pictures searched at the same time.
        progress: called after each batch.

    Raises:
        DatasetError: a picture can't be read.

    """
    faces: dict[Picture, FoundFace | None] = {}
    with ThreadPoolExecutor(workers) as pool:
        for start in range(0, len(pictures), BATCH):
            batch = pictures[start : start + BATCH]
            files = [(str(picture.path), _read(picture)) for picture in batch]
            found = find_cached(analyzer, files, kept, pool)
            faces.update(zip(batch, found, strict=True))
            progress(len(faces), len(pictures))
    return faces


def find_cached(
    analyzer: FaceAnalyzer,
    files: Sequence[tuple[str, bytes]],
    kept: FaceCache,
    pool: ThreadPoolExecutor,
) -> list[FoundFace | None]:
    """Return the face of each (name, content); find and cache those that the cache lacks."""
    digests = [hashlib.sha256(data).hexdigest() for _, data in files]
    faces = kept.known(digests)
    missing = {
        digest: file for digest, file in zip(digests, files, strict=True) if digest not in faces
    }
    found = pool.map(lambda file: find_face(analyzer, file[1], file[0]), missing.values())
    new = dict(zip(missing, found, strict=True))
    kept.put(new.items())
    faces |= new
    return [faces[digest] for digest in digests]


def find_face(analyzer: FaceAnalyzer, data: bytes, name: str) -> FoundFace | None:
    """Return a picture's main face, embedded whatever its quality. Raises ``DatasetError``."""
    try:
        analysis = analyzer.analyze(data)
    except ImageError as error:
        raise DatasetError(f"{name} can't be read: {error}") from error
    face = main_face(analysis)
    if face is None:
        return None
    return FoundFace(face.box, face.quality, face.embedding or analyzer.embed([face.crop])[0])


def main_face(analysis: Analysis) -> AnalyzedFace | None:
    """Return the main face of a picture: large and near the middle.

    In LFW it is the face at the picture's centre. The rule is that of davidsandberg/facenet and
    facenet-pytorch ("center_weighted_size"): the box's area minus twice the squared distance to the
    centre.
    """

    def weight(face: AnalyzedFace) -> float:
        right = face.box.x + face.box.width / 2 - analysis.width / 2
        down = face.box.y + face.box.height / 2 - analysis.height / 2
        return face.box.width * face.box.height - 2 * (right**2 + down**2)

    return max(analysis.faces, key=weight, default=None)


def _read(picture: Picture) -> bytes:
    try:
        return picture.path.read_bytes()
    except OSError as error:
        raise DatasetError(f"{picture.path} can't be read: {error.strerror}") from error
