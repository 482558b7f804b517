"""Run an evaluation from a folder to its report; find a folder's faces for a calibration.

The report is one value, and JSON; ``page`` makes HTML of it.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from facecore.evaluation.dataset import Dataset, protocols, read_dataset, relabelled
from facecore.evaluation.faces import FaceCache, Faces, cache_path, find_faces
from facecore.evaluation.identification import Identification, identify
from facecore.evaluation.robustness import LevelResult, measure_robustness
from facecore.evaluation.verification import Verification, verify
from facecore.models import Embedder, Thresholds, catalogue
from facecore.models.store import BUILDER_VERSION
from facecore.vision.analyzer import FaceAnalyzer, load_analyzer
from facecore.vision.detect import DetectorSettings
from facecore.vision.quality import ENROLMENT_GATE


@dataclass(frozen=True, slots=True)
class Gates:
    """Counts of the quality gates' decisions.

    Attributes:
        without_face: pictures in which no face was found.
        refused: faces that the recognition gate refused, by reason.
        not_enrolled: faces that the enrolment gate refused, including ``refused``.

    """

    pictures: int
    people: int
    without_face: int
    refused: dict[str, int]
    not_enrolled: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The evaluation of one model on one folder.

    Attributes:
        model: the model's id.
        dataset: the folder's name.
        mended: number of pictures whose label was corrected for identification.

    """

    model: str
    dataset: str
    seed: int
    thresholds: Thresholds
    gates: Gates
    mended: int
    verification: tuple[Verification, ...]
    identification: tuple[Identification, ...]
    robustness: tuple[LevelResult, ...]


_JSON = TypeAdapter(Evaluation)


def to_json(evaluation: Evaluation) -> bytes:
    """Return the evaluation as JSON."""
    return _JSON.dump_json(evaluation, indent=2)


def gates_of(faces: Faces) -> Gates:
    """Count the faces that the quality gates accept and refuse."""
    found = [face for face in faces.values() if face is not None]
    refused = Counter(str(reason) for face in found for reason in face.quality.reasons)
    return Gates(
        pictures=len(faces),
        people=len({picture.label for picture in faces}),
        without_face=len(faces) - len(found),
        refused=dict(refused.most_common()),
        not_enrolled=sum(not ENROLMENT_GATE.rejudge(face.quality).accepted for face in found),
    )


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
