"""Tokens: random, shown once, stored only as a hash.

A token has 256 random bits, so a stolen hash can't be reversed by guessing, and a plain SHA-256 is
enough; slow hashes are for passwords that people choose. The prefix lets scanners for leaked
secrets find a token, and shows a reader its kind.
"""

from __future__ import annotations

import hashlib
import secrets

DEVICE_PREFIX = "frd_"
ADMIN_PREFIX = "fra_"


def new_device_token() -> str:
    """Create a token for a device."""
    return DEVICE_PREFIX + secrets.token_urlsafe(32)


def new_admin_token() -> str:
    """Create a token for the admin."""
    return ADMIN_PREFIX + secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """Return the SHA-256 of a token, 64 hexadecimal digits; only this is stored."""
    return hashlib.sha256(token.encode()).hexdigest()
