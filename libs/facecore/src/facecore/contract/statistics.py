"""Statistics: what the recognizer has done in the last days, and what that costs."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from facecore.contract.base import Answer
from facecore.contract.server import Health


class FaceCounts(Answer):
    """Faces by what was decided; ``refused`` were too poor to be compared."""

    match: int = 0
    uncertain: int = 0
    unknown: int = 0
    refused: int = 0


class DayStatistics(Answer):
    """One day in UTC."""

    day: date
    recognitions: int
    """Pictures, or sets of crops, that were answered."""
    faces: FaceCounts


class StageLatency(Answer):
    """How long one stage of a recognition took, in milliseconds.

    Times are counted in classes of which each reaches 20 % further than the one before, and
    interpolated within; so a value is right to within 20 %.
    """

    stage: str
    count: int
    p50_ms: float
    p95_ms: float


class RefusedWhat(StrEnum):
    """What was refused."""

    FACE = "face"
    """Of a picture from a camera; ``reason`` is a ``QualityReason``."""
    PHOTO = "photo"
    """That was to be enrolled; ``reason`` is an ``ErrorCode``."""


class Refusal(Answer):
    """How often something was refused for one reason."""

    what: RefusedWhat
    reason: str
    count: int


class CostLine(Answer):
    """One line of the estimate, in US dollars."""

    service: str
    what: str
    quantity: float
    unit: str
    usd: float


class CostEstimate(Answer):
    """What the counted requests cost in AWS at its list prices; an estimate, not a bill.

    Storage, dashboards and alarms, which cost the same without any request, are not in it.
    """

    in_aws: bool
    """Whether it runs there; else nothing was paid, and this is what it would have cost."""
    region: str
    memory_mb: int
    requests: int
    billed_ms: int
    """Time that requests took, each rounded up to a millisecond."""
    lines: list[CostLine]
    usd: float


class Statistics(Answer):
    """The answer to ``GET /v1/statistics``."""

    health: Health
    days: list[DayStatistics]
    """Oldest first, each day of the span; the last is today."""
    latency: list[StageLatency]
    """Stages in the order of the work, then ``total``; those that were never timed are left out."""
    refusals: list[Refusal]
    """The most frequent first."""
    cost: CostEstimate
