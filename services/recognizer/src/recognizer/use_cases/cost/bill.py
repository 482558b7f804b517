"""A month's bill, line by line: estimated from the traffic, or from the requests counted."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass

from recognizer.use_cases.cost import prices, requests
from recognizer.use_cases.cost.deployment import GIB_MB, Architecture, Function, Traffic, recorded
from recognizer.use_cases.cost.prices import Price

_SERVICES = (
    "Lambda",
    "API Gateway",
    "DynamoDB",
    "S3",
    "CloudWatch",
    "X-Ray",
    "ECR",
    "Data transfer",
)
GB = 10**9
ANSWER_HEADER_BYTES = 400
"""Bytes of an answer's headers, about."""
LOG_BYTES = 700 + 400
"""Bytes that Lambda and the HTTP API themselves log per request, about."""
ALARMS = 4
"""Alarms for errors, throttles, slow answers, and the API's own failures."""
DASHBOARDS = 1
METRICS = 15
"""Metrics that the function writes in the namespace ``Recognizer``."""
IMAGE_GB = 0.2
"""Size of one image, compressed as in the registry; by default several are kept."""
_SAMPLED_A_SECOND, _SAMPLED_SHARE = 1, 0.05
"""X-Ray records the first request of a second, and this share of the others.

https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
"""


_USUAL_MB = 2048
"""The function's default memory, which is also assumed outside of Lambda."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the bill, in a month.

    Attributes:
        usd_per_unit: the average, if the price has several tiers.
        video: whether the cost exists only because video is kept.
    """

    service: str
    what: str
    quantity: float
    unit: str
    usd_per_unit: float
    usd: float
    video: bool


@dataclass(frozen=True, slots=True)
class Estimate:
    """A month of thirty days.

    Attributes:
        rekognition_usd: cost of the same pictures at Amazon Rekognition, with one
            SearchFacesByImage each, which searches only the largest face. Without storage and
            video.
            https://docs.aws.amazon.com/rekognition/latest/APIReference/API_SearchFacesByImage.html
    """

    lines: tuple[Line, ...]
    pictures: float
    usd: float
    usd_without_video: float
    rekognition_usd: float

    @property
    def usd_per_1000_pictures(self) -> float:
        """USD per 1000 pictures, without the video."""
        return self.usd_without_video / self.pictures * 1000


def estimate(traffic: Traffic, function: Function) -> Estimate:
    """Estimate a month's cost once ``sighting_days`` and ``video_days`` of data are stored."""
    found = (line for line in _lines(traffic, function) if line.quantity)
    lines = tuple(sorted(found, key=lambda line: _SERVICES.index(line.service)))
    return Estimate(
        lines=lines,
        pictures=traffic.pictures,
        usd=sum(line.usd for line in lines),
        usd_without_video=sum(line.usd for line in lines if not line.video),
        rekognition_usd=prices.REKOGNITION_SEARCH.of(traffic.pictures),
    )


def line_of(service: str, what: str, quantity: float, price: Price, *, video: bool = False) -> Line:
    """Return the line of a quantity at its price."""
    usd = price.of(quantity)
    average = usd / quantity if quantity else price.usd / price.per
    return Line(service, what, quantity, price.unit, average, usd, video)


def _lines(traffic: Traffic, function: Function) -> Iterator[Line]:
    yield from _recognitions(traffic, function)
    yield from _small("reports", traffic.reports, requests.reports(traffic), function)
    yield from _small("tracks", traffic.tracks, requests.tracks(traffic), function)
    yield from _videos(traffic, function)
    yield from _observed(traffic, function)
    yield line_of("ECR", "image", IMAGE_GB, prices.IMAGES)


def _recognitions(traffic: Traffic, function: Function) -> Iterator[Line]:
    pictures = traffic.pictures
    work = function.gb_seconds(pictures, function.duration_ms)
    yield line_of("Lambda", "requests", pictures, prices.LAMBDA_REQUESTS)
    yield line_of("Lambda", "compute", work, prices.LAMBDA_COMPUTE[function.architecture])
    yield line_of("API Gateway", "HTTP API", pictures, prices.HTTP_API_REQUESTS)
    requested = requests.recognitions(traffic)
    yield line_of("DynamoDB", "reads", requested.reads, prices.DYNAMODB_READS)
    yield line_of("DynamoDB", "writes", requested.writes, prices.DYNAMODB_WRITES)
    sightings = traffic.sightings * requests.SIGHTING_BYTES
    tracks = traffic.tracks_kept * requests.TRACK_BYTES
    kept = (sightings + traffic.crops_kept * requests.CROP_BYTES + tracks) / GB
    yield line_of("DynamoDB", "storage", kept, prices.DYNAMODB_STORAGE)
    yield line_of("DynamoDB", "point-in-time recovery", kept, prices.DYNAMODB_RECOVERY)
    answers = pictures * (function.measured.answer_bytes + ANSWER_HEADER_BYTES) / GB
    yield line_of("Data transfer", "answers", answers, prices.TRANSFER_OUT)


def _small(
    what: str,
    calls: float,
    requested: requests.Requests,
    function: Function,
    *,
    video: bool = False,
) -> Iterator[Line]:
    """Yield the lines of calls without a picture; each takes about as long as an announcement."""
    work = function.gb_seconds(calls, function.measured.announcement_ms)
    compute = prices.LAMBDA_COMPUTE[function.architecture]
    for service, kind, quantity, price in (
        ("Lambda", "requests", calls, prices.LAMBDA_REQUESTS),
        ("Lambda", "compute", work, compute),
        ("API Gateway", "HTTP API", calls, prices.HTTP_API_REQUESTS),
        ("DynamoDB", "reads", requested.reads, prices.DYNAMODB_READS),
        ("DynamoDB", "writes", requested.writes, prices.DYNAMODB_WRITES),
    ):
        yield line_of(service, f"{kind} for {what}", quantity, price, video=video)


def _videos(traffic: Traffic, function: Function) -> Iterator[Line]:
    requested = requests.uploads(traffic)
    yield from _small("video", traffic.announcements, requested, function, video=True)
    yield line_of("S3", "video kept", traffic.video_gb, prices.S3_STORAGE, video=True)
    yield line_of("S3", "uploads", requested.s3_writes, prices.S3_WRITES, video=True)
    yield line_of("S3", "other requests", requested.s3_reads, prices.S3_READS, video=True)


def _observed(traffic: Traffic, function: Function) -> Iterator[Line]:
    invocations = traffic.pictures + traffic.announcements + traffic.reports + traffic.tracks
    written = function.measured.log_bytes + LOG_BYTES
    yield line_of("CloudWatch", "logs", invocations * written / GB, prices.LOGS)
    yield line_of("CloudWatch", "metrics", METRICS, prices.METRICS)
    yield line_of("CloudWatch", "alarms", ALARMS, prices.ALARMS)
    yield line_of("CloudWatch", "dashboards", DASHBOARDS, prices.DASHBOARDS)
    if function.tracing:
        yield line_of("X-Ray", "traces", _traces(traffic, invocations), prices.TRACES)


def _traces(traffic: Traffic, invocations: float) -> float:
    first = min(invocations, traffic.seconds / traffic.devices * _SAMPLED_A_SECOND)
    return first + (invocations - first) * _SAMPLED_SHARE


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
    """Return the lines of the bill that are not zero.

    They contain only what grows with the requests: no storage, metrics, alarms or image.
    """
    return [line for line in _counted_lines(usage, machine) if line.quantity]


def _counted_lines(usage: Usage, machine: Machine) -> Iterator[Line]:
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
