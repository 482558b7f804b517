"""The server's own state: whether it can answer, with what, and how long it keeps each thing."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from facecore.contract.base import Answer


class HealthStatus(StrEnum):
    """Ready, or not."""

    READY = "ready"
    NOT_READY = "not_ready"


class Health(Answer):
    """The answer to ``GET /v1/health``: 200 when ready, else a 503 problem that says why."""

    status: HealthStatus
    version: str
    model: str
    gallery_size: int
    """Embeddings that a face is compared with."""
    gallery_people: int
    gallery_version: int
    gallery_outdated: int = 0
    """Photos that another model embedded; not compared until they are embedded again."""


class Retention(Answer):
    """How long each thing is kept. None means for ever, but where a field says otherwise."""

    sighting_days: int = Field(ge=1)
    """Since a sighting was received."""
    video_days: int | None = Field(ge=1)
    """Since a segment was announced; none: until somebody deletes it."""
    video_gb: float | None = Field(None, ge=0)
    """Most gigabytes (10^9 bytes) of video; beyond it the oldest segments are deleted before their
    time. None: no such limit."""
    audit_days: int = Field(ge=1)
    """Since the change."""
    statistics_days: int | None = Field(None, ge=1)
    """Counts of each day, in which nobody is named; none: this server counts nothing."""
    crop_days: int | None = Field(None, ge=0)
    """Pictures of faces without a name; 0: none is kept; none: this server keeps none."""
    session_hours: float | None = Field(None, ge=0)
    """Since a sign-in to the console; none: this server has no sessions."""
