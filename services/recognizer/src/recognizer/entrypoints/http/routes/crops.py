"""``/v1/sightings/{id}/…``: the crop of a sighting's face, and a name that was wrong."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from facecore.contract import AuditAction, AuditDetail, NotThisPerson
from recognizer.domain.errors import CropNotFound
from recognizer.entrypoints.http.dependencies import AdminCaller, AdminOnly, Injected, problems
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
def get_crop(services: Injected, sighting_id: SightingId) -> Response:
    """The face that was seen, or another shot of it from the same visit."""
    sighting = services.stores.sightings.find(sighting_id)
    if sighting.crop is None:
        raise CropNotFound(sighting_id)
    return jpeg(services.stores.crops.picture(sighting.crop, sighting.label))


@router.post("/not-this-person", operation_id="not_this_person", responses=problems(409))
def not_this_person(
    services: Injected, caller: AdminCaller, sighting_id: SightingId
) -> NotThisPerson:
    """Take a wrong name away, from the sightings of the whole visit; no photo is touched."""
    action = AuditAction.SIGHTING_CORRECTED
    with services.trail.noting(caller.actor, action, sighting_id) as note:
        mended = services.unknown_people.misidentification.not_this_person(sighting_id)
        note.detail = AuditDetail(sightings=mended.sightings)
    return mended
