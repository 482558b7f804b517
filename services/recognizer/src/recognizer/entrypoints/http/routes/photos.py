"""``/v1/people/{label}/photos``: one face a photo; and portraits, cut out of a photo."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from anyio import to_thread
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
from facecore.vision.thumbnails import thumbnail
from recognizer.bootstrap import Services
from recognizer.domain.errors import NoPhotoYet, PhotoNotFound
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
from recognizer.entrypoints.http.vision_call import PREFER_WAIT, EnrolmentCall, urgent_call
from recognizer.use_cases.authentication import Caller
from recognizer.use_cases.enrolment import Enrolled, flagged

router = APIRouter(
    prefix="/v1/people/{label}",
    tags=["photos"],
    dependencies=[AdminOnly],
    responses=problems(401, 403, 404, 422, 503),
)
_TYPES = {
    ImageFormat.JPEG: "image/jpeg",
    ImageFormat.PNG: "image/png",
    ImageFormat.WEBP: "image/webp",
}
_JPEG = _TYPES[ImageFormat.JPEG]
_PORTRAIT: dict[str, Any] = {
    "response_class": Response,
    "responses": picture_responses(_JPEG),
}


@router.get("/photos", operation_id="list_photos")
def list_photos(services: ServicesDep, label: PersonLabel) -> PhotoList:
    """List a person's photos, oldest first."""
    photos = services.stores.faces.list(label)
    return PhotoList(photos=flagged(services.gallery.refresh().gallery, photos))


@router.post(
    "/photos",
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
    "/photos/{photo_id}/picture",
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


@router.delete("/photos/{photo_id}", operation_id="delete_photo", status_code=204)
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


@router.get("/portrait", operation_id="get_portrait", **_PORTRAIT)
async def get_portrait(services: ServicesDep, label: PersonLabel, request: Request) -> Response:
    """Return a small square JPEG of the person's face, from the oldest photo."""
    photo = await to_thread.run_sync(_oldest, services, label)
    return await _portrait(services, photo, request)


@router.get("/photos/{photo_id}/portrait", operation_id="get_photo_portrait", **_PORTRAIT)
async def get_photo_portrait(
    services: ServicesDep, label: PersonLabel, photo_id: PhotoId, request: Request
) -> Response:
    """Return a small square JPEG of the face in this photo."""
    photo = await to_thread.run_sync(services.stores.faces.find, label, photo_id)
    if photo is None:
        raise PhotoNotFound(label, photo_id)
    return await _portrait(services, photo, request)


def _oldest(services: Services, label: str) -> Photo:
    photos = services.stores.faces.list(label)
    if not photos:
        raise NoPhotoYet(label)
    return photos[0]


async def _portrait(services: Services, photo: Photo, request: Request) -> Response:
    etag = f"{photo.id}-{photo.model}"  # another model may find another box
    if matches_etag(request, etag):
        return not_modified(etag)
    data = await to_thread.run_sync(services.stores.faces.picture, photo.label, photo.id)
    drawn = await urgent_call(services, request).run((data,), thumbnail, data, photo.box)
    return picture_answer(drawn, _JPEG, etag)
