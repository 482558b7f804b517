"""Run an evaluation from a folder to its report; find a folder's faces for a calibration."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from facecore.evaluation.dataset import Dataset, read_dataset, relabelled
from facecore.evaluation.face_cache import FaceCache, cache_path
from facecore.evaluation.faces import Faces, find_faces
from facecore.evaluation.identification import identify
from facecore.evaluation.pairs import protocols
from facecore.evaluation.report import Evaluation, gates_of
from facecore.evaluation.robustness import measure_robustness
from facecore.evaluation.verification import verify
from facecore.models import Embedder, catalogue
from facecore.models.store import BUILDER_VERSION
from facecore.vision.analyzer import FaceAnalyzer, load_analyzer
from facecore.vision.detect import DetectorSettings

Progress = Callable[[str, int, int], None]
"""Called with the current step, how much of it is done, and its total."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """The faces of a folder, with the model and analyzer that found them."""

    dataset: Dataset
    model: Embedder
    analyzer: FaceAnalyzer
    faces: Faces
    kept: FaceCache

    @property
    def by_person(self) -> Faces:
        """The faces, with LFW's wrong labels corrected."""
        return {relabelled(picture): face for picture, face in self.faces.items()}


@contextmanager
def measured(folder: Path, model: str, progress: Progress) -> Iterator[Measured]:
    """Find the faces of a folder, or take them from the cache.

    Raises:
        DatasetError: the folder can't be used.
        ModelError: the model can't be loaded.

    """
    dataset, entry = read_dataset(folder), catalogue.embedder(model)
    analyzer = load_analyzer(model, threads=1)
    made_by = catalogue.MTCNN.id, BUILDER_VERSION, DetectorSettings(), entry.preprocessing
    path = cache_path(entry.id, *made_by)
    with FaceCache(path, entry.id) as kept:
        faces = find_faces(
            analyzer,
            dataset.pictures,
            kept,
            workers=_workers(),
            progress=lambda done, total: progress("faces", done, total),
        )
        yield Measured(dataset, entry, analyzer, faces, kept)


def evaluate(subject: Measured, *, seed: int, robustness: bool, progress: Progress) -> Evaluation:
    """Measure verification, identification and, if ``robustness`` is set, robustness.

    Raises:
        DatasetError: a file of pairs can't be used, or there are too few pictures.

    """
    pairs = protocols(subject.dataset, seed=seed)
    verified = [verify(protocol, subject.faces) for protocol in pairs]
    people = subject.by_person
    identified = []
    for one in identify(subject.model.thresholds, people, seed=seed):
        identified.append(one)
        progress("galleries", len(identified), 0)
    levels = measure_robustness(
        subject.analyzer,
        people,
        subject.kept,
        workers=_workers(),
        seed=seed,
        progress=lambda done, total: progress("corruptions", done, total),
    )
    return Evaluation(
        model=subject.model.id,
        dataset=subject.dataset.folder.absolute().name,
        seed=seed,
        thresholds=subject.model.thresholds,
        gates=gates_of(people),
        mended=sum(relabelled(picture) != picture for picture in subject.faces),
        verification=tuple(verified),
        identification=tuple(identified),
        robustness=tuple(levels) if robustness else (),
    )


def _workers() -> int:
    return os.cpu_count() or 1
