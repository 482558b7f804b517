"""``/v1/people/{label}/photos``: one face a photo."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from facecore.contract import (
    IMAGE_TYPES,
    MAX_BODY_BYTES,
    AuditAction,
    AuditDetail,
    Photo,
    PhotoList,
)
from facecore.vision.image_header import ImageFormat, read_header
from recognizer.bootstrap import Services
from recognizer.domain.errors import PhotoNotFound
from recognizer.entrypoints.http.dependencies import (
    AdminCaller,
    AdminOnly,
    PersonLabel,
    PhotoId,
    ServicesDep,
    binary,
    picture,
    problems,
)
from recognizer.entrypoints.http.middleware import accepts_body
from recognizer.entrypoints.http.pictures import (
    matches_etag,
    not_modified,
    picture_answer,
    picture_responses,
)
from recognizer.entrypoints.http.vision_pool import PREFER_WAIT, EnrolmentCall
from recognizer.use_cases.authentication import Caller
from recognizer.use_cases.enrolment import Enrolled, flagged

router = APIRouter(
    prefix="/v1/people/{label}/photos",
    tags=["photos"],
    dependencies=[AdminOnly],
    responses=problems(401, 403, 404, 422, 503),
)
_TYPES = {
    ImageFormat.JPEG: "image/jpeg",
    ImageFormat.PNG: "image/png",
    ImageFormat.WEBP: "image/webp",
}


@router.get("", operation_id="list_photos")
def list_photos(services: ServicesDep, label: PersonLabel) -> PhotoList:
    """List a person's photos, oldest first."""
    photos = services.stores.faces.list(label)
    return PhotoList(photos=flagged(services.gallery.refresh().gallery, photos))


@router.post(
    "",
    operation_id="add_photo",
    status_code=201,
    responses={
        200: {"model": Photo, "description": "The same bytes are enrolled already"},
        **problems(400, 409, 413, 415),
    },
    openapi_extra={**binary(*IMAGE_TYPES), **PREFER_WAIT},
)
@accepts_body(MAX_BODY_BYTES)
async def add_photo(
    services: ServicesDep,
    caller: AdminCaller,
    label: PersonLabel,
    vision: EnrolmentCall,
    *,
    data: Annotated[bytes, Depends(picture)],
    response: Response,
) -> Photo:
    """Enrol a photo that shows one person's face. Sending the same bytes again is harmless."""
    enrolled = await vision.run((data,), _enrol, services, caller, label, data)
    response.status_code = 201 if enrolled.new else 200
    return enrolled.photo


@router.get(
    "/{photo_id}/picture",
    operation_id="get_picture",
    response_class=Response,
    responses=picture_responses(*IMAGE_TYPES),
)
def get_picture(
    services: ServicesDep, label: PersonLabel, photo_id: PhotoId, request: Request
) -> Response:
    """Return a photo's bytes as they were sent."""
    if services.stores.faces.find(label, photo_id) is None:
        raise PhotoNotFound(label, photo_id)
    if matches_etag(request, photo_id):  # the id is a hash of the bytes
        return not_modified(photo_id)
    data = services.stores.faces.picture(label, photo_id)
    return picture_answer(data, _TYPES[read_header(data).format], photo_id)


@router.delete("/{photo_id}", operation_id="delete_photo", status_code=204)
def delete_photo(
    services: ServicesDep, caller: AdminCaller, label: PersonLabel, photo_id: PhotoId
) -> None:
    """Delete a photo and its embedding."""
    action, which = AuditAction.PHOTO_REMOVED, AuditDetail(photo=photo_id)
    with services.trail.noting(caller.actor, action, label, which):
        services.enrolment.remove(label, photo_id)


def _enrol(services: Services, caller: Caller, label: str, data: bytes) -> Enrolled:
    with services.trail.noting(caller.actor, AuditAction.PHOTO_ADDED, label) as note:
        enrolled = services.enrolment.add(label, data)
        note.detail = AuditDetail(photo=enrolled.photo.id, photos=int(enrolled.new))
    (photo,) = flagged(services.gallery.current().gallery, [enrolled.photo])
    return replace(enrolled, photo=photo)
