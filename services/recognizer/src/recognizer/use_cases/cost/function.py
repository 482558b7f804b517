"""The Lambda function: its memory, its processor, and its billed time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

Architecture = Literal["arm64", "x86_64"]

CORE_MB = 1769
"""Memory at which a function gets one whole core.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""
GIB_MB = 1024


class Numbers(BaseModel):
    """Measured times of one recognition, in milliseconds, as Lambda rounds them up.

    ``services/recognizer/benchmarks/invocation.py`` measures them.

    Attributes:
        start_ms: from the first import until the handler is ready, which a cold start bills too.
        announcement_ms: median of the announcement of a video segment.
        log_bytes: bytes that the function logs for one recognition.
        memory_mb: peak memory of the process.
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
    """The numbers of one measurement, and how they were measured."""

    measured_on: date
    machine: str
    python: str
    threads: int
    command: str


def recorded() -> Measurement:
    """Read the measurement in ``measured.json``."""
    return Measurement.model_validate_json(
        files(__package__).joinpath("measured.json").read_text(encoding="utf-8")
    )


@dataclass(frozen=True, slots=True)
class Function:
    """The function's configuration and its time for one recognition.

    Attributes:
        given_ms: billed for one recognition; none takes the measurement on a whole core.
        tracing: whether X-Ray samples the requests.
    """

    memory_mb: int
    architecture: Architecture
    given_ms: float | None
    measured: Measurement
    tracing: bool

    @property
    def core_share(self) -> float:
        """The share of one core that it gets; it works on one thread, so more would be idle."""
        return min(1.0, self.memory_mb / CORE_MB)

    @property
    def duration_ms(self) -> float:
        """The billed time of one recognition; on less than a core it is longer than measured."""
        return self.given_ms or self.measured.median_ms / self.core_share

    def gb_seconds(self, invocations: float, milliseconds: float) -> float:
        """Return the GB-seconds billed for so many invocations of this duration."""
        return invocations * milliseconds / 1000 * self.memory_mb / GIB_MB
