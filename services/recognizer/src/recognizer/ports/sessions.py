"""Sessions of the console: who has signed in. Only the hash of a session's secret is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class KeptSession:
    """What is kept of one session.

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
