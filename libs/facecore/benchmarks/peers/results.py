"""What the comparison found: the numbers of each contestant, and names right and wrong."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Final

from pydantic import BaseModel, ConfigDict

from libs.facecore.benchmarks.frames import Frame
from libs.facecore.benchmarks.peers.contestants import Seen

YARDSTICK: Final = "facenet-pytorch"


class Names(BaseModel):
    """What was said of the faces of all frames.

    Attributes:
        right: enrolled people given their name.
        unnamed: enrolled people found and given none.
        wrong: a name given to another person, to an unknown person, or to what is no face.
        missed: faces that were not found, enrolled or not.
        faces: how many there are, and ``enrolled``, how many of them are of enrolled people.

    """

    model_config = ConfigDict(frozen=True)

    right: int
    unnamed: int
    wrong: int
    missed: int
    faces: int
    enrolled: int


class Measured(BaseModel):
    """One contestant with so many threads.

    Attributes:
        frame_ms: every frame of every round, JPEG bytes to names.
        cpu_ms: the median of what all processors together worked on one.
        ratio: of the yardstick's time to its own, the median over the same frames and rounds.
        start_s: from the start of the process to the first answer, each start.
        memory_mb: the most that the process held.
        installed_mb: the packages it needs, and its models.

    """

    model_config = ConfigDict(frozen=True)

    name: str
    threads: int
    median_ms: float
    p95_ms: float
    cpu_ms: float
    ratio: float | None
    start_s: float
    start_ratio: float | None
    memory_mb: float
    installed_mb: float
    names: Names
    frame_ms: list[float]
    starts_s: list[float]


class Comparison(BaseModel):
    """A whole run; ``load`` is what else kept the machine busy when it began, in processors."""

    model_config = ConfigDict(frozen=True)

    machine: str
    load: float
    frames: int
    rounds: int
    left_out: list[str]
    measured: list[Measured]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies, nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def ratio(theirs: Sequence[float] | None, own: Sequence[float]) -> float | None:
    """The median of the yardstick's value over one's own, pair by pair."""
    if theirs is None:
        return None
    return statistics.median(a / b for a, b in zip(theirs, own, strict=True))


def score(frames: Sequence[Frame], seen: Sequence[Sequence[Seen]]) -> Names:
    """Hold what was seen against who is there."""
    right = unnamed = wrong = missed = 0
    for frame, faces in zip(frames, seen, strict=True):
        left = list(faces)
        for shown in frame.shown:
            found = [face for face in left if shown.head.holds(*_middle(face))]
            left = [face for face in left if face not in found]
            labels = {face.label for face in found} - {None}
            missed += not found
            right += labels == {shown.label}
            unnamed += bool(found) and not labels and shown.label is not None
            wrong += bool(labels - {shown.label})
        wrong += sum(face.label is not None for face in left)
    everybody = [shown for frame in frames for shown in frame.shown]
    return Names(
        right=right,
        unnamed=unnamed,
        wrong=wrong,
        missed=missed,
        faces=len(everybody),
        enrolled=sum(shown.label is not None for shown in everybody),
    )


def _middle(face: Seen) -> tuple[float, float]:
    left, top, right, bottom = face.box
    return (left + right) / 2, (top + bottom) / 2
