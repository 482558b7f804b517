"""``/v1/sightings/{id}/…``: the face crop of a sighting, and the correction of a wrong name."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from facecore.contract import AuditAction, AuditDetail, NotThisPerson
from recognizer.domain.errors import CropNotFound
from recognizer.entrypoints.http.dependencies import AdminCaller, AdminOnly, ServicesDep, problems
from recognizer.entrypoints.http.pictures import JPEG_ANSWER, jpeg

router = APIRouter(
    prefix="/v1/sightings/{sighting_id}",
    tags=["sightings"],
    dependencies=[AdminOnly],
    responses=problems(401, 403, 404, 422, 503),
)
SightingId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="The sighting's id.")]


@router.get(
    "/crop",
    operation_id="get_crop",
    response_class=Response,
    responses={200: JPEG_ANSWER},
)
def get_crop(services: ServicesDep, sighting_id: SightingId) -> Response:
    """Return the crop of the face, or of the same face at another moment of the visit."""
    sighting = services.stores.sightings.find(sighting_id)
    if sighting.crop is None:
        raise CropNotFound(sighting_id)
    return jpeg(services.stores.crops.picture(sighting.crop, sighting.label))


@router.post("/not-this-person", operation_id="not_this_person", responses=problems(409))
def not_this_person(
    services: ServicesDep, caller: AdminCaller, sighting_id: SightingId
) -> NotThisPerson:
    """Remove a wrong name from all sightings of the visit. Photos stay unchanged."""
    action = AuditAction.SIGHTING_CORRECTED
    with services.trail.noting(caller.actor, action, sighting_id) as note:
        corrected = services.unknown_people.misidentification.not_this_person(sighting_id)
        note.detail = AuditDetail(sightings=corrected.sightings)
    return corrected
