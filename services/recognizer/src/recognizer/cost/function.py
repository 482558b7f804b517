"""The function: its memory, its processor, and what is billed for its work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from recognizer.cost.invocation import Measurement

Architecture = Literal["arm64", "x86_64"]

CORE_MB = 1769
"""Memory that comes with one core.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""
GIB_MB = 1024


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
