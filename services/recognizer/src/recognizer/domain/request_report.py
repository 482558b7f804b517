"""The report of one request, for logs, metrics, traces and the day's statistics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from facecore.contract import Decision, QualityReason, Recognition


class Operation(StrEnum):
    """Operation ids of the calls that the statistics count separately."""

    RECOGNIZE = "recognize"
    ANNOUNCE_VIDEO = "announce_video"
    REPORT_TRACK = "report_track"
    HEALTH = "health"


@dataclass(frozen=True, slots=True)
class RecognitionReport:
    """Counts and times of one picture; nothing of who was in it.

    Attributes:
        faces: number of faces.
        decisions: number of faces with each decision.
        stages_ms: duration of each stage, in milliseconds.
        refused: number of faces that the quality gate refused; their decision is unknown.
        reasons: number of faces refused for each reason.
        crops: number of face crops that were written.
    """

    faces: int
    decisions: Mapping[Decision, int]
    stages_ms: Mapping[str, float]
    refused: int = 0
    reasons: Mapping[QualityReason, int] = field(default_factory=dict)
    crops: int = 0

    @classmethod
    def of(cls, recognition: Recognition, *, crops: int) -> RecognitionReport:
        """Count the faces of a recognition that wrote ``crops`` crops."""
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
        route: the template of the path; none if the path belongs to no call.
        status: none if no answer was begun.
        code: code of the problem that was answered.
        operation: the call's operation id; none if the path belongs to no call.
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
