"""``/v1/audit``: who changed what, and when."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from facecore.contract import AuditAction, AuditList, Label, UtcTime
from recognizer.domain.ports import AuditFilter
from recognizer.entrypoints.http.dependencies import (
    AdminOnly,
    PageQuery,
    RejectDuplicateParameters,
    ServicesDep,
    problems,
)

router = APIRouter(prefix="/v1/audit", tags=["data"], dependencies=[AdminOnly])


class AuditQuery(PageQuery):
    """Which entries to list. A filter that is left out matches all."""

    since: UtcTime | None = Field(None, description="Earliest time, inclusive; RFC 3339.")
    until: UtcTime | None = Field(None, description="Latest time, exclusive; RFC 3339.")
    action: AuditAction | None = Field(None, description="What was done.")
    subject: Label | None = Field(
        None, description="The label of the person, or the name of the device, that was changed."
    )


@router.get(
    "",
    operation_id="list_audit",
    dependencies=[RejectDuplicateParameters],
    responses=problems(401, 403, 422, 503),
)
def list_audit(services: ServicesDep, query: Annotated[AuditQuery, Query()]) -> AuditList:
    """List changes, newest first. They are kept for 400 days, whatever else is deleted."""
    wanted = AuditFilter(query.since, query.until, query.action, query.subject)
    return services.stores.audit.list(wanted, after=query.after, limit=query.limit)
