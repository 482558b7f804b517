"""Health: whether the service can answer, and with what."""

from __future__ import annotations

from enum import StrEnum

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
