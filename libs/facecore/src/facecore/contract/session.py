"""Sessions of the console: after a sign-in, a cookie replaces the admin's token."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from facecore.contract.base import Answer, Request, UtcTime


def _as_in_a_header(token: SecretStr) -> SecretStr:
    if not token.get_secret_value().isascii():
        raise ValueError("a token has ASCII characters only")
    return token


class SignIn(Request):
    """The body of ``POST /v1/session``."""

    token: Annotated[
        SecretStr, Field(min_length=1, max_length=512), AfterValidator(_as_in_a_header)
    ]
    """The admin's token."""


class Session(Answer):
    """An open session. Scripts of the page can't read its cookie."""

    csrf_token: str
    """Send it in the header ``x-csrf-token`` with every call except ``GET``."""
    expires_at: UtcTime
