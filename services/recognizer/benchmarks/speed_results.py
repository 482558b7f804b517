"""What ``speed`` finds, as JSON keeps it."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True)


class Spread(_Result):
    """Median and percentiles of many runs, in milliseconds."""

    median: float
    p95: float
    p99: float

    @classmethod
    def of(cls, values_ms: Sequence[float]) -> Spread:
        """The spread of at least one value."""
        ordered = sorted(values_ms)
        p95, p99 = (ordered[math.ceil(share * len(ordered)) - 1] for share in (0.95, 0.99))
        return cls(
            median=round(statistics.median(ordered), 2), p95=round(p95, 2), p99=round(p99, 2)
        )


class Pipeline(_Result):
    """One set of frames on so many threads.

    Attributes:
        faces: shown in a frame, on average.
        answer: from the JPEG's bytes to the answer, in process.
        cpu_ms: processor time of the median answer; other programs change it less.
        named: of the known people, how many were named; each counts once a frame.
        misnamed: faces that got another's name, unknown people' included.
    """

    frames: str
    threads: int
    runs: int
    faces: float
    decode: Spread
    detect: Spread
    align: Spread
    embed: Spread
    match: Spread
    record: Spread
    answer: Spread
    cpu_ms: float
    known: int
    named: int
    misnamed: int


class Start(_Result):
    """A fresh process, from its start to its first answer about a frame.

    Attributes:
        how: ``library`` (one Python program) or ``service`` (``recognizer serve``, over HTTP).
        memory_mb: the most that the process held, after all frames.
    """

    how: str
    threads: int
    runs: int
    median_s: float
    worst_s: float
    cpu_s: float
    memory_mb: int


class Load(_Result):
    """One service process, asked by so many clients at once over HTTP on loopback."""

    clients: int
    requests: int
    failed: int
    per_second: float
    answer: Spread


class Arithmetic(_Result):
    """What the networks multiply for one frame, and how long that takes at the least.

    Attributes:
        product_gflops: the fastest float32 matrix product seen on this machine.
        floor_ms: ``gflop`` at that speed.
        share: of the median answer.
    """

    threads: int
    product_gflops: float
    detector_gflop: float
    embedder_gflop: float
    floor_ms: float
    share: float


class Report(_Result):
    """Everything, and where it was measured; ``installed_mb`` is none where it was left out."""

    measured_on: date
    machine: str
    python: str
    model: str
    pipelines: list[Pipeline]
    arithmetic: list[Arithmetic]
    starts: list[Start]
    loads: list[Load]
    installed_mb: int | None
