"""Statistics: the recognizer's counters of the last days, and their estimated cost."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from facecore.contract.base import Answer
from facecore.contract.server import Health


class FaceCounts(Answer):
    """Faces by decision. ``refused``: faces that the quality gate refused."""

    match: int = 0
    uncertain: int = 0
    unknown: int = 0
    refused: int = 0


class DayStatistics(Answer):
    """Counts of one day in UTC."""

    day: date
    recognitions: int
    """Requests that were answered: pictures or sets of crops."""
    faces: FaceCounts


class StageLatency(Answer):
    """Latency of one stage of a recognition, in milliseconds.

    Times are counted in histogram buckets, each 20 % wider than the one before, and interpolated
    within a bucket. A value is accurate to 20 %.
    """

    stage: str
    count: int
    p50_ms: float
    p95_ms: float


class RefusedKind(StrEnum):
    """What was refused."""

    FACE = "face"
    """A face in a camera's picture; ``reason`` is a ``QualityReason``."""
    PHOTO = "photo"
    """A photo for enrolment; ``reason`` is an ``ErrorCode``."""


class Refusal(Answer):
    """Number of refusals for one reason."""

    what: RefusedKind
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
    """Estimated cost of the counted requests at AWS's list prices; not a bill.

    It leaves out storage, dashboards and alarms, whose cost does not depend on requests.
    """

    in_aws: bool
    """Whether the recognizer runs on AWS; else this is what the requests would have cost there."""
    region: str
    memory_mb: int
    requests: int
    billed_ms: int
    """Total time of the requests, each rounded up to a millisecond."""
    lines: list[CostLine]
    usd: float


class Statistics(Answer):
    """The answer to ``GET /v1/statistics``."""

    health: Health
    days: list[DayStatistics]
    """Every day of the period, oldest first; the last is today."""
    latency: list[StageLatency]
    """Stages in order, then ``total``; stages without measurements are left out."""
    refusals: list[Refusal]
    """Most frequent first."""
    cost: CostEstimate
