"""A recorder's status as it reports it; every text and number has a limit."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from facecore.contract.base import Answer, Number, Request, Text, Truth, UtcTime, Whole

MAX_REASON = 200
"""Longest reason, in characters."""
_MOST = 2**53 - 1

ShortText = Annotated[Text, StringConstraints(min_length=1, max_length=64)]
Reason = Annotated[Text, StringConstraints(max_length=MAX_REASON)]
Count = Annotated[Whole, Field(ge=0, le=_MOST)]
Pixels = Annotated[Whole, Field(ge=1, le=32_768)]
Seconds = Annotated[Number, Field(ge=0, le=1e12)]


class PartState(StrEnum):
    """State of a part of the recorder."""

    STARTING = "starting"
    ON = "on"
    AWAY = "away"
    PAUSED = "paused"


class PartStatus(Answer):
    """State of the camera, recognition or uploads, since when, and why it is away.

    Times are by the recorder's own clock, which may be wrong.
    """

    state: PartState
    since: UtcTime
    reason: Reason | None = None


class CameraStatus(PartStatus):
    """State of the camera, the size of its latest frame in pixels, and its frames per second."""

    kind: ShortText
    """``demo``, ``picamera``, ``file``, ``webcam`` or ``rtsp``; never an address."""
    width: Pixels | None = None
    height: Pixels | None = None
    fps: Annotated[Number, Field(ge=0, le=1000)] | None = None


class RecognitionStatus(PartStatus):
    """State of recognition, and the time of the latest answer."""

    last_answer_at: UtcTime | None = None


class QueueStatus(Answer):
    """Segments that the store has not confirmed yet."""

    segments: Count
    bytes: Count
    oldest_at: UtcTime | None = None
    """When the oldest of them began."""
    lost_s: Seconds = 0.0
    """Seconds of video that were lost because the disk or the quota was full, in all runs."""


class DiskStatus(Answer):
    """Space on the disk of the spool."""

    free_bytes: Count
    total_bytes: Count


class DeviceStatus(Answer):
    """A recorder's status as the admin sees it."""

    version: ShortText
    """The recorder's version."""
    interval_s: Annotated[Number, Field(ge=1, le=86_400)]
    """Seconds until the next report."""
    stopped: Truth = False
    """Whether the recorder has ended and this is its last report."""
    uptime_s: Seconds
    camera: CameraStatus
    recognition: RecognitionStatus
    uploads: PartStatus
    queue: QueueStatus | None = None
    """Null if the recorder can't read its spool."""
    disk: DiskStatus | None = None
    temperature_c: Annotated[Number, Field(ge=-100, le=200)] | None = None
    """Temperature of the processor in degrees Celsius; null if the machine does not report it."""


class DeviceReport(DeviceStatus, Request):
    """The body of ``PUT /v1/devices/self/status``."""
