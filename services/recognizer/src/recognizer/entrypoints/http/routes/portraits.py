"""Portraits: small pictures of a face, cut out of a photo, for lists of people and of photos."""

from __future__ import annotations

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from facecore.contract import Photo
from facecore.vision.thumbnails import thumbnail
from recognizer.bootstrap import Services
from recognizer.domain.errors import NoPhotoYet, PhotoNotFound
from recognizer.entrypoints.http.dependencies import (
    AdminOnly,
    PersonLabel,
    PhotoId,
    ServicesDep,
    problems,
)
from recognizer.entrypoints.http.pictures import (
    matches_etag,
    not_modified,
    picture_answer,
    picture_responses,
)
from recognizer.entrypoints.http.vision_pool import urgent_call

_TYPE = "image/jpeg"
router = APIRouter(
    prefix="/v1/people/{label}",
    tags=["photos"],
    dependencies=[AdminOnly],
    responses={**problems(401, 403, 404, 422, 503), **picture_responses(_TYPE)},
    default_response_class=Response,
)


@router.get("/portrait", operation_id="get_portrait")
async def get_portrait(services: ServicesDep, label: PersonLabel, request: Request) -> Response:
    """Return a small square JPEG of the person's face, from the oldest photo."""
    photo = await to_thread.run_sync(_oldest, services, label)
    return await _answer(services, photo, request)


@router.get("/photos/{photo_id}/portrait", operation_id="get_photo_portrait")
async def get_photo_portrait(
    services: ServicesDep, label: PersonLabel, photo_id: PhotoId, request: Request
) -> Response:
    """Return a small square JPEG of the face in this photo."""
    photo = await to_thread.run_sync(services.stores.faces.find, label, photo_id)
    if photo is None:
        raise PhotoNotFound(label, photo_id)
    return await _answer(services, photo, request)


def _oldest(services: Services, label: str) -> Photo:
    photos = services.stores.faces.list(label)
    if not photos:
        raise NoPhotoYet(label)
    return photos[0]


async def _answer(services: Services, photo: Photo, request: Request) -> Response:
    etag = f"{photo.id}-{photo.model}"  # another model may find another box
    if matches_etag(request, etag):
        return not_modified(etag)
    data = await to_thread.run_sync(services.stores.faces.picture, photo.label, photo.id)
    drawn = await urgent_call(services, request).run((data,), thumbnail, data, photo.box)
    return picture_answer(drawn, _TYPE, etag)
