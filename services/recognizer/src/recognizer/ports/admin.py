"""The admin's token, of which only the hash is kept."""

from __future__ import annotations

from typing import Protocol


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
