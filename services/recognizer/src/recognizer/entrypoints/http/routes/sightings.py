"""``/v1/sightings``: who was seen when and where."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from facecore.contract import Decision, DeviceName, Label, SightingList, UtcTime
from recognizer.domain.ports import SightingFilter
from recognizer.entrypoints.http.dependencies import (
    AdminOnly,
    EachOnce,
    Injected,
    PageQuery,
    problems,
)

router = APIRouter(prefix="/v1/sightings", tags=["sightings"], dependencies=[AdminOnly])


class SightingsQuery(PageQuery):
    """Which sightings to list; what is left out means any."""

    label: Label | None = Field(None, description="Of this person.")
    device: DeviceName | None = Field(None, description="By this device.")
    decision: Decision | None = Field(None, description="With this decision.")
    since: UtcTime | None = Field(None, description="Taken then or later; RFC 3339.")
    until: UtcTime | None = Field(None, description="Taken before; RFC 3339.")

    def wanted(self) -> SightingFilter:
        """As the port takes it."""
        return SightingFilter(self.label, self.device, self.decision, self.since, self.until)


@router.get(
    "",
    operation_id="list_sightings",
    dependencies=[EachOnce],
    responses=problems(401, 403, 422, 503),
)
def list_sightings(services: Injected, query: Annotated[SightingsQuery, Query()]) -> SightingList:
    """Sightings, newest first."""
    return services.stores.sightings.list(query.wanted(), after=query.after, limit=query.limit)
