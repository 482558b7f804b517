"""Devices: who may ask, each with a token that is shown once."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, WithJsonSchema, field_serializer

from facecore.contract.base import Answer, DeviceName, Request, UtcTime
from facecore.contract.device_status import DeviceStatus

_SIGNS = r"^[A-Za-z0-9_\-]{1,128}$"
"""Of a token; no line break, which would be another setting in the recorder's file."""


def _one_token(token: SecretStr) -> SecretStr:
    if not re.fullmatch(_SIGNS, token.get_secret_value(), re.ASCII):
        raise ValueError("a token has 1 to 128 letters, digits, '_' or '-'")
    return token


RESERVED_DEVICE_NAMES = frozenset({"admin", "somebody"})
"""Names of the audit log's other actors, in lower case; no device may be called so."""


def _not_reserved(name: str) -> str:
    if name.lower() in RESERVED_DEVICE_NAMES:
        raise ValueError(f"the name {name!r} is reserved; give the device another name")
    return name


class DeviceRegistration(Request):
    """The body of ``POST /v1/devices``."""

    name: Annotated[
        DeviceName,
        AfterValidator(_not_reserved),
        Field(description="Not `admin` or `somebody`, in capitals or not."),
    ]


class Device(Answer):
    """A device as the admin sees one; its token is not kept, only a hash of it."""

    name: DeviceName
    created_at: UtcTime
    last_seen_at: UtcTime | None = None
    status: DeviceStatus | None = None
    """As it last reported itself; none as long as it never did."""
    status_at: UtcTime | None = None
    """When that report came, by the recognizer's clock."""


class RegisteredDevice(Device):
    """The answer to a registration: the only time that the token is seen."""

    token: Annotated[SecretStr, WithJsonSchema({"type": "string"})]

    @field_serializer("token", when_used="json")
    def _shown_once(self, token: SecretStr) -> str:
        return token.get_secret_value()


class DeviceList(Answer):
    """All devices in the order of their names."""

    devices: list[Device]


class DeviceSetupRequest(Request):
    """The body of ``POST /v1/device-setup``: a token that was just made."""

    token: Annotated[
        SecretStr,
        AfterValidator(_one_token),
        WithJsonSchema({"type": "string", "pattern": _SIGNS}),
    ]

    @field_serializer("token", when_used="json")
    def _sent(self, token: SecretStr) -> str:
        return token.get_secret_value()


class DeviceSetup(Answer):
    """All that a recorder must be told, ready to be copied. It holds the token."""

    url: str
    """Where the recorder will look for the recognizer."""
    only_this_machine: bool
    """Whether that address leads nowhere from another machine."""
    settings: Annotated[SecretStr, WithJsonSchema({"type": "string"})]
    """The recorder's file ``device.env``, whose lines are variables of the environment too."""
    qr_svg: Annotated[SecretStr, WithJsonSchema({"type": "string"})]
    """The same text as a QR code, an SVG picture."""

    @field_serializer("settings", "qr_svg", when_used="json")
    def _shown(self, secret: SecretStr) -> str:
        return secret.get_secret_value()
