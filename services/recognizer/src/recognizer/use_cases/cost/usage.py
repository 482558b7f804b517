"""The cost of the requests that were counted, in the same lines as ``estimate``.

It contains only what grows with the requests: no storage, metrics, alarms or image.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass

from recognizer.use_cases.cost import prices, requests
from recognizer.use_cases.cost.estimate import ANSWER_HEADER_BYTES, GB, LOG_BYTES, Line, line_of
from recognizer.use_cases.cost.function import GIB_MB, Architecture, recorded

_USUAL_MB = 2048
"""The function's default memory, which is also assumed outside of Lambda."""


@dataclass(frozen=True, slots=True)
class Usage:
    """The counted usage.

    Attributes:
        billed_ms: total of all requests, each rounded up to a millisecond.
        named, unnamed: number of sightings with and without a name.
        videos: number of announced segments.
        tracks: number of reported tracks.
        crops: number of kept crops.
    """

    requests: int
    billed_ms: int
    recognitions: int
    named: int
    unnamed: int
    videos: int
    tracks: int
    crops: int


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine that Lambda bills by the millisecond."""

    memory_mb: int
    architecture: Architecture

    @classmethod
    def of_this_process(cls) -> Machine:
        """Return this function's machine; outside of Lambda, the default function's."""
        if memory := os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"):
            return cls(int(memory), "x86_64" if platform.machine() == "x86_64" else "arm64")
        return cls(_USUAL_MB, "arm64")


def lines_of(usage: Usage, machine: Machine) -> list[Line]:
    """Return the lines of the bill that are not zero."""
    return [line for line in _lines(usage, machine) if line.quantity]


def _lines(usage: Usage, machine: Machine) -> Iterator[Line]:
    work = usage.billed_ms / 1000 * machine.memory_mb / GIB_MB
    yield line_of("Lambda", "requests", usage.requests, prices.LAMBDA_REQUESTS)
    yield line_of("Lambda", "compute", work, prices.LAMBDA_COMPUTE[machine.architecture])
    yield line_of("API Gateway", "HTTP API", usage.requests, prices.HTTP_API_REQUESTS)
    requested = requests.counted(
        requests=usage.requests,
        recognitions=usage.recognitions,
        named=usage.named,
        unnamed=usage.unnamed,
        videos=usage.videos,
        tracks=usage.tracks,
        crops=usage.crops,
    )
    yield line_of("DynamoDB", "reads", requested.reads, prices.DYNAMODB_READS)
    yield line_of("DynamoDB", "writes", requested.writes, prices.DYNAMODB_WRITES)
    yield line_of("S3", "uploads", requested.s3_writes, prices.S3_WRITES)
    yield line_of("S3", "other requests", requested.s3_reads, prices.S3_READS)
    measured = recorded()
    logged = usage.requests * (measured.log_bytes + LOG_BYTES) / GB
    yield line_of("CloudWatch", "logs", logged, prices.LOGS)
    answers = usage.recognitions * (measured.answer_bytes + ANSWER_HEADER_BYTES) / GB
    yield line_of("Data transfer", "answers", answers, prices.TRANSFER_OUT)
