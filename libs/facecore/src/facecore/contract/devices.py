"""Devices: who may ask, each with a token that is shown once."""

from __future__ import annotations

from typing import Annotated

from pydantic import SecretStr, WithJsonSchema, field_serializer

from facecore.contract.base import Answer, DeviceName, Request, UtcTime


class DeviceRegistration(Request):
    """The body of ``POST /v1/devices``."""

    name: DeviceName


class Device(Answer):
    """A device as the admin sees one; its token is not kept, only a hash of it."""

    name: DeviceName
    created_at: UtcTime
    last_seen_at: UtcTime | None = None


class RegisteredDevice(Device):
    """The answer to a registration: the only time that the token is seen."""

    token: Annotated[SecretStr, WithJsonSchema({"type": "string"})]

    @field_serializer("token", when_used="json")
    def _shown_once(self, token: SecretStr) -> str:
        return token.get_secret_value()


class DeviceList(Answer):
    """All devices in the order of their names."""

    devices: list[Device]
