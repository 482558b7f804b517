"""All that an evaluation says, as one value: JSON for programs, ``page`` for people."""

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
    """What the quality gates say of the pictures.

    Attributes:
        without_face: pictures in which no face was found.
        refused: faces too poor to be named, by reason.
        not_enrolled: faces too poor to be enrolled; the refused ones are among them.

    """

    pictures: int
    people: int
    without_face: int
    refused: dict[str, int]
    not_enrolled: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One model on one folder.

    Attributes:
        model: its id.
        dataset: the folder's name.
        mended: pictures that identification counts under another label than their folder's.

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
    """The evaluation for programs."""
    return _JSON.dump_json(evaluation, indent=2)


def gates_of(faces: Faces) -> Gates:
    """Count what the gates let pass."""
    found = [face for face in faces.values() if face is not None]
    refused = Counter(str(reason) for face in found for reason in face.quality.reasons)
    return Gates(
        pictures=len(faces),
        people=len({picture.label for picture in faces}),
        without_face=len(faces) - len(found),
        refused=dict(refused.most_common()),
        not_enrolled=sum(not ENROLMENT_GATE.rejudge(face.quality).accepted for face in found),
    )
