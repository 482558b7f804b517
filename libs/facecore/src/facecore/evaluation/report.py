"""The result of an evaluation as one value, and as JSON; ``page`` makes HTML of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from pydantic import TypeAdapter

from facecore.evaluation.faces import Faces
from facecore.evaluation.identification import Identification
from facecore.evaluation.robustness import LevelResult
from facecore.evaluation.verification import Verification
from facecore.models import Thresholds
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
