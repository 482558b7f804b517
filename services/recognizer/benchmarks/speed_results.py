"""The results of ``speed``, in their JSON form."""

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
        """Return the spread of at least one value."""
        ordered = sorted(values_ms)
        p95, p99 = (ordered[math.ceil(share * len(ordered)) - 1] for share in (0.95, 0.99))
        return cls(
            median=round(statistics.median(ordered), 2), p95=round(p95, 2), p99=round(p99, 2)
        )


class Pipeline(_Result):
    """The results of one set of frames with one number of threads.

    Attributes:
        faces: the average number of faces in a frame.
        answer: from the JPEG's bytes to the answer, in process.
        cpu_ms: processor time of the median answer. Other programs change it less.
        named: the number of known people who were named; each counts once in a frame.
        misnamed: faces that got another person's name, with those of unknown people.
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
    """A new process, from its start to its first answer about a frame.

    Attributes:
        how: ``library`` (one Python program) or ``service`` (``recognizer serve``, over HTTP).
        memory_mb: the most memory of the process, after all frames.
    """

    how: str
    threads: int
    runs: int
    median_s: float
    worst_s: float
    cpu_s: float
    memory_mb: int


class Load(_Result):
    """The results of one service process with concurrent clients over HTTP on loopback."""

    clients: int
    requests: int
    failed: int
    per_second: float
    answer: Spread


class Arithmetic(_Result):
    """The networks' operations for one frame, and the least time that they take.

    Attributes:
        product_gflops: the speed of the fastest float32 matrix product on this machine.
        floor_ms: the time for ``gflop`` at that speed.
        share: this time's share of the median answer.
    """

    threads: int
    product_gflops: float
    detector_gflop: float
    embedder_gflop: float
    floor_ms: float
    share: float


class Report(_Result):
    """All results, and the machine. ``installed_mb`` is None if it was not measured."""

    measured_on: date
    machine: str
    python: str
    model: str
    pipelines: list[Pipeline]
    arithmetic: list[Arithmetic]
    starts: list[Start]
    loads: list[Load]
    installed_mb: int | None
