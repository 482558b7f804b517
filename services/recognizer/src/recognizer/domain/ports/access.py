"""Access and the audit log: tokens, devices and sessions, and who changed what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from facecore.contract import AuditEntry, AuditList, Device, DeviceStatus


class AdminTokens(Protocol):
    """The one admin token."""

    def sha256(self) -> str | None:
        """Return the token's hash, 64 hexadecimal digits; none when there is no token yet."""
        ...

    def set_first(self, token_sha256: str) -> bool:
        """Store the hash if there is none yet, and return whether it was stored."""
        ...

    def replace(self, token_sha256: str) -> None:
        """Replace the hash; the old token stops working at once."""
        ...


class Devices(Protocol):
    """Devices, by name and by the hash of their token; only the hash is kept."""

    def add(self, device: Device, token_sha256: str) -> None:
        """Add a device. Raises ``DeviceExists``."""
        ...

    def remove(self, name: str) -> None:
        """Remove a device; its token stops working at once. Raises ``DeviceNotFound``."""
        ...

    def list(self) -> list[Device]:
        """Return all devices, in the order of their names."""
        ...

    def find(self, token_sha256: str) -> Device | None:
        """Return the device with this token; none if there is none."""
        ...

    def touch(self, name: str, at: datetime) -> None:
        """Store when the device was last seen; do nothing if it was removed."""
        ...

    def report(self, name: str, status: DeviceStatus, at: datetime) -> None:
        """Store the device's status in place of the last one; do nothing if it was removed.

        A device that is removed and added again has no status yet.
        """
        ...


@dataclass(frozen=True, slots=True)
class KeptSession:
    """One session of the console as it is stored, with the hash of its secret.

    Attributes:
        sha256: hash of the secret, 64 hexadecimal digits.
        admin_token_sha256: hash of the admin's token that opened the session.
    """

    sha256: str
    admin_token_sha256: str
    created_at: datetime
    expires_at: datetime


class Sessions(Protocol):
    """Sessions, by the hash of their secret."""

    def add(self, session: KeptSession) -> None:
        """Store the session until some time after it expires."""
        ...

    def find(self, sha256: str) -> KeptSession | None:
        """Return the session, which may have expired; none if there is none."""
        ...

    def remove(self, sha256: str) -> None:
        """Remove the session at once; do nothing if there is none."""
        ...


# The audit log: who changed what, and when.


AUDIT_LIFETIME = timedelta(days=400)
"""How long an entry is kept: a year, and a month to look at it. It is no setting, so that nobody
who changes something can shorten its record."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries to list; none means any. ``since`` is inclusive, ``until`` exclusive."""

    since: datetime | None = None
    until: datetime | None = None
    action: str | None = None
    subject: str | None = None


class Audit(Protocol):
    """Entries, by time and id. Each is kept for ``AUDIT_LIFETIME`` and never removed earlier.

    The deletion of a person leaves them as they are.
    """

    def append(self, entry: AuditEntry) -> None:
        """Store the entry."""
        ...

    def complete(self, entry: AuditEntry) -> None:
        """Replace the ``intended`` entry with the same time and id, which must exist.

        An entry that is complete already stays as it is.
        """
        ...

    def list(self, wanted: AuditFilter, *, after: str | None, limit: int) -> AuditList:
        """Return a page, newest first. With a filter, a short page need not be the last.

        Raises ``CursorInvalid``.
        """
        ...
