"""The state of the server, its model, its gallery and its retention times; and its sessions.

A session belongs to the console: after a sign-in, a cookie replaces the admin's token.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from facecore.contract.base import Answer, Request, UtcTime


class HealthStatus(StrEnum):
    """Whether the server is ready."""

    READY = "ready"
    NOT_READY = "not_ready"


class Health(Answer):
    """The answer to ``GET /v1/health``: 200 if ready, else a 503 problem that says why."""

    status: HealthStatus
    version: str
    model: str
    gallery_size: int
    """Number of embeddings that a face is compared with."""
    gallery_people: int
    gallery_version: int
    gallery_outdated: int = 0
    """Photos with another model's embedding; they are not compared until they are embedded
    again."""


class Retention(Answer):
    """How long data is kept. Null means without limit, unless a field says otherwise."""

    sighting_days: int = Field(ge=1)
    """Days since a sighting was received."""
    video_days: int | None = Field(ge=1)
    """Days since a segment was announced; null: until somebody deletes it."""
    video_gb: float | None = Field(None, ge=0)
    """Most gigabytes (10^9 bytes) of video. Beyond it the oldest segments are deleted early. Null:
    no such limit."""
    audit_days: int = Field(ge=1)
    """Days since the change."""
    statistics_days: int | None = Field(None, ge=1)
    """Days that daily counts are kept, which name nobody; null: this server counts nothing."""
    crop_days: int | None = Field(None, ge=0)
    """Days that crops of unknown people are kept; 0: none is kept; null: this server keeps none."""
    session_hours: float | None = Field(None, ge=0)
    """Hours since a sign-in to the console; null: this server has no sessions."""


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
