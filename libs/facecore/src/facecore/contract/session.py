"""Sessions of the console: a browser signs in once; then a cookie stands for the admin's token."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from facecore.contract.base import Answer, Request, UtcTime


def _as_in_a_header(token: SecretStr) -> SecretStr:
    if not token.get_secret_value().isascii():
        raise ValueError("a token holds only letters, digits and signs of ASCII")
    return token


class SignIn(Request):
    """The body of ``POST /v1/session``."""

    token: Annotated[
        SecretStr, Field(min_length=1, max_length=512), AfterValidator(_as_in_a_header)
    ]
    """The admin's."""


class Session(Answer):
    """A session that is open; the cookie itself is kept from the page's scripts."""

    csrf_token: str
    """What every call but ``GET`` shows in the header ``x-csrf-token``."""
    expires_at: UtcTime
