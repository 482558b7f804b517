"""Devices. Each has a token, which is shown once."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, WithJsonSchema, field_serializer

from facecore.contract.base import Answer, DeviceName, Request, UtcTime
from facecore.contract.device_status import DeviceStatus

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
