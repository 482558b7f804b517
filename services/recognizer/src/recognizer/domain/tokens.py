"""Tokens: made at random, shown once, kept only as a hash.

A token has 256 random bits, so no list of likely tokens helps a thief of the hashes, and a plain
SHA-256 is enough; slow hashes are for passwords that people choose. The prefix lets scanners for
leaked secrets find one, and tells a reader which kind it is.
"""

from __future__ import annotations

import hashlib
import secrets

DEVICE_PREFIX = "frd_"
ADMIN_PREFIX = "fra_"


def new_device_token() -> str:
    """A token for a device."""
    return DEVICE_PREFIX + secrets.token_urlsafe(32)


def new_admin_token() -> str:
    """A token for the admin."""
    return ADMIN_PREFIX + secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is kept of a token: 64 hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()
