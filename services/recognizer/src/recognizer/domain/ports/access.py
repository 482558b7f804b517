"""The admin's token, of which only the hash is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from facecore.contract import Device, DeviceStatus


class AdminTokens(Protocol):
    """The one admin token."""

    def sha256(self) -> str | None:
        """Hash of the token, 64 hexadecimal digits; none when there is no token yet."""
        ...

    def set_first(self, token_sha256: str) -> bool:
        """Keeps the hash if there is none yet; whether it did."""
        ...

    def replace(self, token_sha256: str) -> None:
        """The token before stops working at once."""
        ...


class Devices(Protocol):
    """Devices, by name and by the hash of their token; only the hash is kept."""

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


@dataclass(frozen=True, slots=True)
class KeptSession:
    """What is kept of one session of the console; of its secret, only the hash.

    Attributes:
        sha256: of its secret, 64 hexadecimal digits.
        admin_token_sha256: the hash of the admin's token that it was opened with.
    """

    sha256: str
    admin_token_sha256: str
    created_at: datetime
    expires_at: datetime


class Sessions(Protocol):
    """Sessions, by the hash of their secret."""

    def add(self, session: KeptSession) -> None:
        """Keeps it until some time after it expires."""
        ...

    def find(self, sha256: str) -> KeptSession | None:
        """The session, which may have expired."""
        ...

    def remove(self, sha256: str) -> None:
        """It is gone at once; nothing if it was not there."""
        ...
