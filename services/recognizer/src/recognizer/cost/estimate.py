"""Quantities times prices: every line of a month's bill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from recognizer.cost import fixtures, prices, requests
from recognizer.cost.function import Function
from recognizer.cost.prices import Price
from recognizer.cost.traffic import Traffic

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
_GB = 10**9
_HEADER_BYTES = 400
"""Of an answer."""
_PLATFORM_LOG_BYTES, _ACCESS_LOG_BYTES = 700, 400
"""What Lambda and the HTTP API write of one request themselves, about."""
_SAMPLED_A_SECOND, _SAMPLED_SHARE = 1, 0.05
"""X-Ray records the first request of a second, and this share of the others.

https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the bill, in a month.

    Attributes:
        usd_per_unit: the average, where a price has steps.
        video: it is there only because video is kept.
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
    """A month of thirty days."""

    lines: tuple[Line, ...]
    pictures: float
    usd: float
    usd_without_video: float

    @property
    def usd_per_1000_pictures(self) -> float:
        """Without the video."""
        return self.usd_without_video / self.pictures * 1000


def estimate(traffic: Traffic, function: Function) -> Estimate:
    """What it costs when the sightings and videos of ``sighting_days`` and ``video_days`` lie."""
    found = (line for line in _lines(traffic, function) if line.quantity)
    lines = tuple(sorted(found, key=lambda line: _SERVICES.index(line.service)))
    return Estimate(
        lines=lines,
        pictures=traffic.pictures,
        usd=sum(line.usd for line in lines),
        usd_without_video=sum(line.usd for line in lines if not line.video),
    )


def _line(service: str, what: str, quantity: float, price: Price, *, video: bool = False) -> Line:
    usd = price.of(quantity)
    average = usd / quantity if quantity else price.usd / price.per
    return Line(service, what, quantity, price.unit, average, usd, video)


def _lines(traffic: Traffic, function: Function) -> Iterator[Line]:
    yield from _recognitions(traffic, function)
    yield from _videos(traffic, function)
    yield from _observed(traffic, function)
    yield _line("ECR", "image", fixtures.IMAGE_GB, prices.IMAGES)


def _recognitions(traffic: Traffic, function: Function) -> Iterator[Line]:
    pictures = traffic.pictures
    work = function.gb_seconds(pictures, function.duration_ms)
    yield _line("Lambda", "requests", pictures, prices.LAMBDA_REQUESTS)
    yield _line("Lambda", "compute", work, prices.LAMBDA_COMPUTE[function.architecture])
    yield _line("API Gateway", "HTTP API", pictures, prices.HTTP_API_REQUESTS)
    asked = requests.recognitions(traffic)
    yield _line("DynamoDB", "reads", asked.reads, prices.DYNAMODB_READS)
    yield _line("DynamoDB", "writes", asked.writes, prices.DYNAMODB_WRITES)
    kept = traffic.sightings * requests.SIGHTING_BYTES / _GB
    yield _line("DynamoDB", "storage", kept, prices.DYNAMODB_STORAGE)
    yield _line("DynamoDB", "point-in-time recovery", kept, prices.DYNAMODB_RECOVERY)
    answers = pictures * (function.measured.answer_bytes + _HEADER_BYTES) / _GB
    yield _line("Data transfer", "answers", answers, prices.TRANSFER_OUT)


def _videos(traffic: Traffic, function: Function) -> Iterator[Line]:
    segments = traffic.segments
    work = function.gb_seconds(segments, function.measured.announcement_ms)
    compute = prices.LAMBDA_COMPUTE[function.architecture]
    yield _line("Lambda", "requests for video", segments, prices.LAMBDA_REQUESTS, video=True)
    yield _line("Lambda", "compute for video", work, compute, video=True)
    yield _line("API Gateway", "HTTP API for video", segments, prices.HTTP_API_REQUESTS, video=True)
    asked = requests.uploads(traffic)
    yield _line("DynamoDB", "reads for video", asked.reads, prices.DYNAMODB_READS, video=True)
    yield _line("DynamoDB", "writes for video", asked.writes, prices.DYNAMODB_WRITES, video=True)
    yield _line("S3", "video kept", traffic.video_gb, prices.S3_STORAGE, video=True)
    yield _line("S3", "uploads", asked.s3_writes, prices.S3_WRITES, video=True)
    yield _line("S3", "other requests", asked.s3_reads, prices.S3_READS, video=True)


def _observed(traffic: Traffic, function: Function) -> Iterator[Line]:
    invocations = traffic.pictures + traffic.segments
    written = function.measured.log_bytes + _PLATFORM_LOG_BYTES + _ACCESS_LOG_BYTES
    yield _line("CloudWatch", "logs", invocations * written / _GB, prices.LOGS)
    yield _line("CloudWatch", "metrics", fixtures.METRICS, prices.METRICS)
    yield _line("CloudWatch", "alarms", fixtures.ALARMS, prices.ALARMS)
    yield _line("CloudWatch", "dashboards", fixtures.DASHBOARDS, prices.DASHBOARDS)
    if function.tracing:
        yield _line("X-Ray", "traces", _traces(traffic, invocations), prices.TRACES)


def _traces(traffic: Traffic, invocations: float) -> float:
    first = min(invocations, traffic.seconds / traffic.devices * _SAMPLED_A_SECOND)
    return first + (invocations - first) * _SAMPLED_SHARE
