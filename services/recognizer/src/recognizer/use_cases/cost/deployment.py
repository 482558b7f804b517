"""What is deployed: the devices with their traffic in thirty days, and the Lambda function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

DAYS = 30
_HOUR_S = 3600
_REPORT_EVERY_S = 60
"""The recorder's default."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What the devices send; all devices are alike.

    Attributes:
        pictures_per_hour: pictures that one device sends per hour of filming.
        visits_per_hour: visits that one device sees; without tracking, each minute is one.
        tracks_per_hour: visits whose trajectory it reports; 0 without tracking.
        faces_per_picture: known faces in a picture, on average.
        segment_s: length of one video segment, in seconds.
        segment_mb: its size in megabytes of 1,000,000 bytes; 0 if no video is kept.
        sighting_days, crop_days, video_days: how long sightings, crops and video are kept.
    """

    devices: int
    hours_per_day: float
    pictures_per_hour: float
    visits_per_hour: float
    tracks_per_hour: float
    faces_per_picture: float
    segment_s: float
    segment_mb: float
    sighting_days: int
    crop_days: int
    video_days: int

    @property
    def seconds(self) -> float:
        """Seconds of filming, by all devices together."""
        return self.devices * self.hours_per_day * DAYS * _HOUR_S

    @property
    def pictures(self) -> float:
        """Pictures sent for recognition."""
        return self.seconds / _HOUR_S * self.pictures_per_hour

    @property
    def segments(self) -> float:
        """Segments uploaded."""
        return self.seconds / self.segment_s if self.segment_mb else 0.0

    @property
    def announcements(self) -> float:
        """Announcements of segments: one before each upload, and one after it."""
        return 2 * self.segments

    @property
    def reports(self) -> float:
        """Status reports of the devices while they film."""
        return self.seconds / _REPORT_EVERY_S

    @property
    def video_gb(self) -> float:
        """Gigabytes in the bucket, once the oldest are removed as fast as new ones arrive."""
        return self.segments * self.segment_mb / 1000 * self.video_days / DAYS

    @property
    def sightings(self) -> float:
        """Sightings in the table, likewise, if every counted face is a match."""
        return self.pictures * self.faces_per_picture * self.sighting_days / DAYS

    @property
    def tracks(self) -> float:
        """Tracks reported, once each; one of more than two minutes is reported more often."""
        return self.seconds / _HOUR_S * self.tracks_per_hour

    @property
    def tracks_kept(self) -> float:
        """Tracks in the table, kept as long as sightings."""
        return self.tracks * self.sighting_days / DAYS

    @property
    def crops(self) -> float:
        """Crops written: one per face and visit, unless crops are off."""
        visits = self.seconds / _HOUR_S * self.visits_per_hour
        return visits * self.faces_per_picture if self.crop_days else 0.0

    @property
    def crops_kept(self) -> float:
        """Crops in the table."""
        return self.crops * min(self.crop_days, self.sighting_days) / DAYS


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
