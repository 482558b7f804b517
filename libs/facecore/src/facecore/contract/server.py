"""The server's state: whether it is ready, its model and gallery, and its retention times."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from facecore.contract.base import Answer


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
