"""Authentication: tokens, and from a bearer token to a caller with a role.

A token has 256 random bits, so a stolen hash can't be reversed by guessing, and a plain SHA-256 is
enough; slow hashes are for passwords that people choose. The prefix lets scanners for leaked
secrets find a token, and shows a reader its kind.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from recognizer.domain.clock import Clock
from recognizer.domain.errors import Forbidden, Unauthenticated
from recognizer.domain.ports import AdminTokens, Devices
from recognizer.use_cases.audit_trail import Actor, Via

DEVICE_PREFIX = "frd_"
ADMIN_PREFIX = "fra_"
TOUCH_EVERY = timedelta(minutes=1)
"""A device's ``last_seen_at`` is written at most this often, not for every frame."""


def new_device_token() -> str:
    """Create a token for a device."""
    return DEVICE_PREFIX + secrets.token_urlsafe(32)


def new_admin_token() -> str:
    """Create a token for the admin."""
    return ADMIN_PREFIX + secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """Return the SHA-256 of a token, 64 hexadecimal digits; only this is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


class Role(StrEnum):
    """What a caller may do."""

    DEVICE = "device"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request; the admin's name is ``admin``."""

    name: str
    role: Role
    via: Via = Via.TOKEN

    @property
    def actor(self) -> Actor:
        """The caller as the audit log names them."""
        return Actor(self.name, self.via)


class Authenticator:
    """Identifies callers by their tokens.

    Args:
        configured_sha256: hash of an admin token from the settings, which works beside the one
            in the store.
    """

    def __init__(
        self,
        devices: Devices,
        admin_tokens: AdminTokens,
        configured_sha256: str | None,
        now: Clock,
    ) -> None:
        self._devices = devices
        self._admin_tokens = admin_tokens
        self._configured = configured_sha256
        self._now = now

    def caller(self, token: str | None) -> Caller:
        """Return the caller with this token. Raises ``Unauthenticated``.

        Devices are looked up first: most callers are devices, and then one read is enough.
        """
        if not token:
            raise Unauthenticated("send your token in a header: Authorization: Bearer <token>")
        digest = hash_token(token)
        device = self._devices.find(digest)
        if device is None and self.is_admins(digest):
            return Caller("admin", Role.ADMIN)
        if device is None:
            raise Unauthenticated("the token is not known; it may have been removed or mistyped")
        now = self._now()
        if device.last_seen_at is None or _is_due(device.last_seen_at, now):
            self._devices.touch(device.name, now)
        return Caller(device.name, Role.DEVICE)

    def admin(self, token: str | None) -> Caller:
        """Return the caller, who must be the admin. Raises ``Unauthenticated``, ``Forbidden``."""
        caller = self.caller(token)
        if caller.role is not Role.ADMIN:
            raise Forbidden("this call needs the admin's token; this one is a device's")
        return caller

    def device(self, token: str | None) -> Caller:
        """Return the caller, who must be a device. Raises ``Unauthenticated``, ``Forbidden``."""
        caller = self.caller(token)
        if caller.role is not Role.DEVICE:
            raise Forbidden("this call needs a device's token; this one is the admin's")
        return caller

    def is_admins(self, token_sha256: str) -> bool:
        """Return whether this is the hash of a valid admin's token."""
        if self._configured and hmac.compare_digest(token_sha256, self._configured):
            return True
        kept = self._admin_tokens.sha256()
        return kept is not None and hmac.compare_digest(token_sha256, kept)


def _is_due(last: datetime, now: datetime) -> bool:
    """Return whether to write again.

    That is also due when the clock was set back, or the device would seem away until the clock
    caught up.
    """
    return not last <= now < last + TOUCH_EVERY
