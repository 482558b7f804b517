"""``/v1/people/{label}/photos``: one face a photo."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from facecore.contract import IMAGE_TYPES, Photo, PhotoList
from recognizer.api.dependencies import (
    AdminOnly,
    Injected,
    PersonLabel,
    binary,
    on_a_slot,
    picture,
    problems,
)

router = APIRouter(
    prefix="/v1/people/{label}/photos",
    tags=["photos"],
    dependencies=[AdminOnly],
    responses=problems(401, 403, 404, 422, 503),
)
PhotoId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="The photo's id.")]


@router.get("", operation_id="list_photos")
def list_photos(services: Injected, label: PersonLabel) -> PhotoList:
    """A person's photos, oldest first."""
    return PhotoList(photos=services.stores.faces.list(label))


@router.post(
    "",
    operation_id="add_photo",
    status_code=201,
    responses={
        200: {"model": Photo, "description": "The same bytes are enrolled already"},
        **problems(400, 409, 413, 415),
    },
    openapi_extra=binary(*IMAGE_TYPES),
)
async def add_photo(
    services: Injected,
    label: PersonLabel,
    data: Annotated[bytes, Depends(picture)],
    response: Response,
) -> Photo:
    """Enrol a photo that shows one person's face. Sending the same bytes again is harmless."""
    enrolled = await on_a_slot(services, services.enrolment.add, label, data)
    response.status_code = 201 if enrolled.new else 200
    return enrolled.photo


@router.delete("/{photo_id}", operation_id="delete_photo", status_code=204)
def delete_photo(services: Injected, label: PersonLabel, photo_id: PhotoId) -> None:
    """Delete a photo and its embedding."""
    services.enrolment.remove(label, photo_id)
