"""``/v1/audit`` and ``/v1/retention``: who changed what, and how long each thing is kept."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from facecore.contract import AuditAction, AuditList, Label, Retention, UtcTime
from recognizer.domain.ports import AUDIT_LIFETIME, COUNTER_DAYS, AuditFilter
from recognizer.entrypoints.http.dependencies import (
    AdminOnly,
    PageQuery,
    RejectDuplicateParameters,
    ServicesDep,
    problems,
)

router = APIRouter(prefix="/v1", tags=["data"], dependencies=[AdminOnly])


class AuditQuery(PageQuery):
    """Which entries to list. A filter that is left out matches all."""

    since: UtcTime | None = Field(None, description="Earliest time, inclusive; RFC 3339.")
    until: UtcTime | None = Field(None, description="Latest time, exclusive; RFC 3339.")
    action: AuditAction | None = Field(None, description="What was done.")
    subject: Label | None = Field(
        None, description="The label of the person, or the name of the device, that was changed."
    )


@router.get(
    "/audit",
    operation_id="list_audit",
    dependencies=[RejectDuplicateParameters],
    responses=problems(401, 403, 422, 503),
)
def list_audit(services: ServicesDep, query: Annotated[AuditQuery, Query()]) -> AuditList:
    """List changes, newest first. They are kept for 400 days, whatever else is deleted."""
    wanted = AuditFilter(query.since, query.until, query.action, query.subject)
    return services.stores.audit.list(wanted, after=query.after, limit=query.limit)


@router.get("/retention", operation_id="get_retention", responses=problems(401, 403, 503))
def get_retention(services: ServicesDep) -> Retention:
    """Return how long each kind of data is kept, as configured."""
    settings, video = services.settings, services.video_retention
    lifetime = settings.video_lifetime
    return Retention(
        sighting_days=settings.sighting_days,
        video_days=None if lifetime is None else lifetime.days,
        video_gb=None if video is None else round(video.space.most_bytes() / 1e9, 3),
        audit_days=AUDIT_LIFETIME.days,
        statistics_days=COUNTER_DAYS,
        crop_days=settings.crop_lifetime.days,
        session_hours=settings.session_hours,
    )
