"""Devices, and the status that a recorder reports.

Each device has a token, which is shown once. Every text and number of a status has a limit.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    StringConstraints,
    WithJsonSchema,
    field_serializer,
)

from facecore.contract.base import Answer, DeviceName, Number, Request, Text, Truth, UtcTime, Whole

_SIGNS = r"^[A-Za-z0-9_\-]{1,128}$"
"""Pattern of a token. A line break would start another setting in the recorder's file."""


def _one_token(token: SecretStr) -> SecretStr:
    if not re.fullmatch(_SIGNS, token.get_secret_value(), re.ASCII):
        raise ValueError("a token has 1 to 128 letters, digits, '_' or '-'")
    return token


RESERVED_DEVICE_NAMES = frozenset({"admin", "somebody"})
"""Names of the audit log's other actors, in lower case; no device may have one of them."""


def _not_reserved(name: str) -> str:
    if name.lower() in RESERVED_DEVICE_NAMES:
        raise ValueError(f"the name {name!r} is reserved; give the device another name")
    return name


class DeviceRegistration(Request):
    """The body of ``POST /v1/devices``."""

    name: Annotated[
        DeviceName,
        AfterValidator(_not_reserved),
        Field(description="`admin` and `somebody` are reserved, in any case."),
    ]


class Device(Answer):
    """A device as the admin sees it. Only a hash of its token is stored."""

    name: DeviceName
    created_at: UtcTime
    last_seen_at: UtcTime | None = None
    status: DeviceStatus | None = None
    """The device's last report; null before the first."""
    status_at: UtcTime | None = None
    """When that report arrived, by the recognizer's clock."""


class RegisteredDevice(Device):
    """The answer to a registration, the only one that holds the token."""

    token: Annotated[SecretStr, WithJsonSchema({"type": "string"})]

    @field_serializer("token", when_used="json")
    def _shown_once(self, token: SecretStr) -> str:
        return token.get_secret_value()


class DeviceList(Answer):
    """All devices in the order of their names."""

    devices: list[Device]


class DeviceSetupRequest(Request):
    """The body of ``POST /v1/device-setup``: a new device's token."""

    token: Annotated[
        SecretStr,
        AfterValidator(_one_token),
        WithJsonSchema({"type": "string", "pattern": _SIGNS}),
    ]

    @field_serializer("token", when_used="json")
    def _sent(self, token: SecretStr) -> str:
        return token.get_secret_value()


class DeviceSetup(Answer):
    """A recorder's complete settings, ready to copy. They hold the token."""

    url: str
    """The recognizer's address for the recorder."""
    only_this_machine: bool
    """Whether the address works on this machine only."""
    settings: Annotated[SecretStr, WithJsonSchema({"type": "string"})]
    """Content of the recorder's file ``device.env``; its lines are environment variables too."""
    qr_svg: Annotated[SecretStr, WithJsonSchema({"type": "string"})]
    """The same text as a QR code in SVG."""

    @field_serializer("settings", "qr_svg", when_used="json")
    def _shown(self, secret: SecretStr) -> str:
        return secret.get_secret_value()


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
