"""``/v1/audit``: who changed what, and when."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from facecore.contract import AuditAction, AuditList, Label, UtcTime
from recognizer.domain.ports import AuditFilter
from recognizer.entrypoints.http.dependencies import (
    AdminOnly,
    EachOnce,
    Injected,
    PageQuery,
    problems,
)

router = APIRouter(prefix="/v1/audit", tags=["data"], dependencies=[AdminOnly])


class AuditQuery(PageQuery):
    """Which entries to list; what is left out means any."""

    since: UtcTime | None = Field(None, description="Of then or later; RFC 3339.")
    until: UtcTime | None = Field(None, description="Before then; RFC 3339.")
    action: AuditAction | None = Field(None, description="What was done.")
    subject: Label | None = Field(None, description="To this person's label, or this device.")


@router.get(
    "",
    operation_id="list_audit",
    dependencies=[EachOnce],
    responses=problems(401, 403, 422, 503),
)
def list_audit(services: Injected, query: Annotated[AuditQuery, Query()]) -> AuditList:
    """Changes, newest first. They are kept for 400 days, whatever else is deleted."""
    wanted = AuditFilter(query.since, query.until, query.action, query.subject)
    return services.stores.audit.list(wanted, after=query.after, limit=query.limit)
