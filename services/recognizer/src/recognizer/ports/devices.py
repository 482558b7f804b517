"""Devices: who may ask. Only the hash of a token is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from facecore.contract import Device, DeviceStatus


class Devices(Protocol):
    """Devices, by name and by the hash of their token."""

    def add(self, device: Device, token_sha256: str) -> None:
        """Raises ``DeviceExists``."""
        ...

    def remove(self, name: str) -> None:
        """Its token stops working at once. Raises ``DeviceNotFound``."""
        ...

    def list(self) -> list[Device]:
        """All, in the order of their names."""
        ...

    def find(self, token_sha256: str) -> Device | None:
        """Whose token this is."""
        ...

    def touch(self, name: str, at: datetime) -> None:
        """Notes when the device was last seen; nothing if it is gone."""
        ...

    def report(self, name: str, status: DeviceStatus, at: datetime) -> None:
        """Keeps how the device fares, in the place of what it said before; nothing if it is gone.

        A device that is removed and added again has said nothing yet.
        """
        ...
