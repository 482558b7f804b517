"""``/v1/sightings``: who was seen, when and where."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from facecore.contract import Decision, DeviceName, Label, SightingList, UtcTime
from facecore.contract import Request as ContractRequest
from recognizer.domain.ports import SightingFilter
from recognizer.entrypoints.http.dependencies import (
    AdminOnly,
    PageQuery,
    RejectDuplicateParameters,
    ServicesDep,
    problems,
)

router = APIRouter(prefix="/v1/sightings", tags=["sightings"], dependencies=[AdminOnly])


class SightingsFilter(ContractRequest):
    """Which sightings to find. A filter that is left out matches all."""

    label: Label | None = Field(None, description="Of this person.")
    device: DeviceName | None = Field(None, description="By this device.")
    decision: Decision | None = Field(None, description="With this decision.")
    since: UtcTime | None = Field(None, description="Earliest time, inclusive; RFC 3339.")
    until: UtcTime | None = Field(None, description="Latest time, exclusive; RFC 3339.")

    def wanted(self) -> SightingFilter:
        """Return the filter as the port takes it."""
        return SightingFilter(self.label, self.device, self.decision, self.since, self.until)


class SightingsQuery(SightingsFilter, PageQuery):
    """Which sightings to list."""


@router.get(
    "",
    operation_id="list_sightings",
    dependencies=[RejectDuplicateParameters],
    responses=problems(401, 403, 422, 503),
)
def list_sightings(
    services: ServicesDep, query: Annotated[SightingsQuery, Query()]
) -> SightingList:
    """List sightings, newest first."""
    return services.stores.sightings.list(query.wanted(), after=query.after, limit=query.limit)
