"""What is reported of one request: to logs, metrics and traces, and to the day's statistics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from facecore.contract import Decision, QualityReason, Recognition


class Operation(StrEnum):
    """Operation ids of the calls that the statistics treat in a way of their own."""

    RECOGNIZE = "recognize"
    ANNOUNCE_VIDEO = "announce_video"
    REPORT_TRACK = "report_track"
    HEALTH = "health"


@dataclass(frozen=True, slots=True)
class RecognitionReport:
    """Counts and times of one picture; nothing of who was in it.

    Attributes:
        faces: how many.
        decisions: how many of each.
        stages_ms: how long each stage took, in milliseconds.
        refused: how many were too poor to be compared; they are among the unknown ones.
        reasons: why, each as often as it was one.
        crops: how many face crops were written.
    """

    faces: int
    decisions: Mapping[Decision, int]
    stages_ms: Mapping[str, float]
    refused: int = 0
    reasons: Mapping[QualityReason, int] = field(default_factory=dict)
    crops: int = 0

    @classmethod
    def of(cls, recognition: Recognition, *, crops: int) -> RecognitionReport:
        """Count the faces of a recognition that wrote so many crops."""
        found = Counter(face.decision for face in recognition.faces)
        times = recognition.times.model_dump()
        poor = [face.quality for face in recognition.faces if not face.quality.accepted]
        return cls(
            faces=len(recognition.faces),
            decisions={decision: found[decision] for decision in Decision},
            stages_ms={name.removesuffix("_ms"): round(ms, 2) for name, ms in times.items()},
            refused=len(poor),
            reasons=dict(Counter(reason for quality in poor for reason in quality.reasons)),
            crops=crops,
        )


@dataclass(frozen=True, slots=True)
class RequestReport:
    """One request that is done.

    Attributes:
        route: the template of the path; none if the path is no call's.
        status: none if no answer was begun.
        code: of the problem that was answered.
        operation: the call's operation id; none if the path is no call's.
    """

    request_id: str
    method: str
    route: str | None
    status: int | None
    code: str | None
    duration_ms: float
    caller: str | None
    recognition: RecognitionReport | None
    operation: str | None = None
