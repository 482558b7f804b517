"""The function: its memory, its processor, and what is billed for its work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

Architecture = Literal["arm64", "x86_64"]

CORE_MB = 1769
"""Memory that comes with one core.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""
GIB_MB = 1024


class Numbers(BaseModel):
    """What one recognition took; times in milliseconds, as Lambda rounds them up.

    ``services/recognizer/benchmarks/invocation.py`` measures them.

    Attributes:
        start_ms: from the first import to a handler that is ready, which a cold start bills too.
        announcement_ms: median of announcing a video segment.
        log_bytes: what the function writes for one recognition.
        memory_mb: the most that the process held.
    """

    model_config = ConfigDict(frozen=True)

    runs: int
    median_ms: int
    p95_ms: int
    announcement_ms: int
    start_ms: int
    answer_bytes: int
    log_bytes: int
    memory_mb: int


class Measurement(Numbers):
    """Numbers, and where they are from."""

    measured_on: date
    machine: str
    python: str
    threads: int
    command: str


def recorded() -> Measurement:
    """Read the measurement that is kept beside the prices."""
    return Measurement.model_validate_json(
        files(__package__).joinpath("measured.json").read_text(encoding="utf-8")
    )


@dataclass(frozen=True, slots=True)
class Function:
    """How the function is set up, and how long it works.

    Attributes:
        given_ms: billed for one recognition; none takes what was measured on a whole core.
        tracing: whether X-Ray samples the requests.
    """

    memory_mb: int
    architecture: Architecture
    given_ms: float | None
    measured: Measurement
    tracing: bool

    @property
    def core_share(self) -> float:
        """Of one core; the function works on one thread, so more than one is of no use to it."""
        return min(1.0, self.memory_mb / CORE_MB)

    @property
    def duration_ms(self) -> float:
        """Billed for one recognition; what was measured takes longer on less than a core."""
        return self.given_ms or self.measured.median_ms / self.core_share

    def gb_seconds(self, invocations: float, milliseconds: float) -> float:
        """Billed for work that takes so long."""
        return invocations * milliseconds / 1000 * self.memory_mb / GIB_MB
