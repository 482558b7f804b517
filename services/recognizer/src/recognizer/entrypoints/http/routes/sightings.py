"""``/v1/sightings``: who was seen, when and where; their face crops and wrong names."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from facecore.contract import (
    AuditAction,
    AuditDetail,
    Decision,
    DeviceName,
    Label,
    NotThisPerson,
    SightingList,
    UtcTime,
)
from facecore.contract import Request as ContractRequest
from recognizer.domain.errors import CropNotFound
from recognizer.domain.ports import SightingFilter
from recognizer.entrypoints.http.dependencies import (
    AdminCaller,
    AdminOnly,
    PageQuery,
    RejectDuplicateParameters,
    ServicesDep,
    problems,
)
from recognizer.entrypoints.http.pictures import JPEG_ANSWER, jpeg

router = APIRouter(
    prefix="/v1/sightings",
    tags=["sightings"],
    dependencies=[AdminOnly],
    responses=problems(401, 403, 422, 503),
)


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
)
def list_sightings(
    services: ServicesDep, query: Annotated[SightingsQuery, Query()]
) -> SightingList:
    """List sightings, newest first."""
    return services.stores.sightings.list(query.wanted(), after=query.after, limit=query.limit)


SightingId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="The sighting's id.")]


@router.get(
    "/{sighting_id}/crop",
    operation_id="get_crop",
    response_class=Response,
    responses={200: JPEG_ANSWER, **problems(404)},
)
def get_crop(services: ServicesDep, sighting_id: SightingId) -> Response:
    """Return the crop of the face, or of the same face at another moment of the visit."""
    sighting = services.stores.sightings.find(sighting_id)
    if sighting.crop is None:
        raise CropNotFound(sighting_id)
    return jpeg(services.stores.crops.picture(sighting.crop, sighting.label))


@router.post(
    "/{sighting_id}/not-this-person",
    operation_id="not_this_person",
    responses=problems(404, 409),
)
def not_this_person(
    services: ServicesDep, caller: AdminCaller, sighting_id: SightingId
) -> NotThisPerson:
    """Remove a wrong name from all sightings of the visit. Photos stay unchanged."""
    action = AuditAction.SIGHTING_CORRECTED
    with services.trail.noting(caller.actor, action, sighting_id) as note:
        corrected = services.unknown_people.correction.not_this_person(sighting_id)
        note.detail = AuditDetail(sightings=corrected.sightings)
    return corrected
