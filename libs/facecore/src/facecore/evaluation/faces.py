"""Find the faces of a dataset's pictures once, and cache them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from facecore.errors import DatasetError, ImageError
from facecore.evaluation.dataset import Picture
from facecore.evaluation.face_cache import FaceCache, FoundFace
from facecore.vision.analyzer import Analysis, AnalyzedFace, FaceAnalyzer

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
