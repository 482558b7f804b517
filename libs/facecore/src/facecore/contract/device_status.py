"""How a recorder fares, as it reports it itself; every text and number in it is bounded."""

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
    """How a part of the recorder fares."""

    STARTING = "starting"
    ON = "on"
    AWAY = "away"
    PAUSED = "paused"


class PartStatus(Answer):
    """Camera, recognition or uploads: how it fares, since when, and why it is away.

    Times are by the recorder's own clock, which may be wrong.
    """

    state: PartState
    since: UtcTime
    reason: Reason | None = None


class CameraStatus(PartStatus):
    """The camera, with its newest frame's size in pixels and how many frames came a second."""

    kind: ShortText
    """``demo``, ``picamera``, ``file``, ``webcam`` or ``rtsp``; never an address."""
    width: Pixels | None = None
    height: Pixels | None = None
    fps: Annotated[Number, Field(ge=0, le=1000)] | None = None


class RecognitionStatus(PartStatus):
    """Recognition, with when the latest answer came."""

    last_answer_at: UtcTime | None = None


class QueueStatus(Answer):
    """Segments of video that the store has not confirmed."""

    segments: Count
    bytes: Count
    oldest_at: UtcTime | None = None
    """When the first of them began."""
    lost_s: Seconds = 0.0
    """Seconds that were dropped or not filmed for want of room, in all runs."""


class DiskStatus(Answer):
    """Room on the disk on which segments wait."""

    free_bytes: Count
    total_bytes: Count


class DeviceStatus(Answer):
    """How a recorder fares, as the admin sees it."""

    version: ShortText
    """Of the recorder."""
    interval_s: Annotated[Number, Field(ge=1, le=86_400)]
    """When the next report is due."""
    stopped: Truth = False
    """Whether this is the last one of a recorder that ends."""
    uptime_s: Seconds
    camera: CameraStatus
    recognition: RecognitionStatus
    uploads: PartStatus
    queue: QueueStatus | None = None
    """None when the recorder can't read its folder."""
    disk: DiskStatus | None = None
    temperature_c: Annotated[Number, Field(ge=-100, le=200)] | None = None
    """Of the processor, in degrees Celsius; none where the machine does not tell."""


class DeviceReport(DeviceStatus, Request):
    """The body of ``PUT /v1/devices/self/status``."""
