"""``/v1/strangers``: faces without a name."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from facecore.contract import (
    AuditAction,
    AuditDetail,
    IgnoredStranger,
    IgnoredStrangers,
    NamedStranger,
    StrangerAssignment,
    StrangerFaces,
    StrangerList,
    StrangerNaming,
)
from recognizer.entrypoints.http.dependencies import (
    AdminCaller,
    AdminOnly,
    EachOnce,
    Injected,
    PageQuery,
    problems,
)
from recognizer.entrypoints.http.pictures import JPEG_ANSWER, jpeg

router = APIRouter(
    prefix="/v1/strangers",
    tags=["strangers"],
    dependencies=[AdminOnly],
    responses=problems(401, 403, 422, 503),
)
StrangerId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="The stranger's id.")]


@router.get("", operation_id="list_strangers", dependencies=[EachOnce])
def list_strangers(services: Injected, page: Annotated[PageQuery, Query()]) -> StrangerList:
    """Faces without a name, one row for each person, who was seen last first."""
    return services.strangers.listing.page(after=page.after, limit=page.limit)


@router.get("/ignored", operation_id="list_ignored_strangers")
def list_ignored_strangers(services: Injected) -> IgnoredStrangers:
    """Who is ignored, newest first."""
    return services.strangers.ignoring.list()


@router.get("/{stranger_id}", operation_id="get_stranger", responses=problems(404))
def get_stranger(services: Injected, stranger_id: StrangerId) -> StrangerFaces:
    """One stranger with all the faces, newest first."""
    return services.strangers.listing.faces(stranger_id)


@router.post(
    "/{stranger_id}/name",
    operation_id="name_stranger",
    status_code=201,
    responses=problems(400, 404, 409, 413, 415),
)
def name_stranger(
    services: Injected, caller: AdminCaller, stranger_id: StrangerId, naming: StrangerNaming
) -> NamedStranger:
    """Make a person of a stranger: the best crops become photos, past the same gate as any."""
    action = AuditAction.STRANGER_NAMED
    with services.trail.noting(caller.actor, action, naming.label) as note:
        named = services.strangers.naming.name(stranger_id, naming)
        note.detail = AuditDetail(records=1, photos=len(named.photos), sightings=named.sightings)
    return named


@router.post(
    "/{stranger_id}/assign",
    operation_id="assign_stranger",
    responses=problems(400, 404, 409, 413, 415),
)
def assign_stranger(
    services: Injected,
    caller: AdminCaller,
    stranger_id: StrangerId,
    assignment: StrangerAssignment,
) -> NamedStranger:
    """Say that a stranger is somebody who is known; the best crops become photos, too."""
    action = AuditAction.STRANGER_NAMED
    with services.trail.noting(caller.actor, action, assignment.label) as note:
        named = services.strangers.naming.assign(stranger_id, assignment.label)
        note.detail = AuditDetail(records=0, photos=len(named.photos), sightings=named.sightings)
    return named


@router.post("/{stranger_id}/ignore", operation_id="ignore_stranger", responses=problems(404))
def ignore_stranger(
    services: Injected, caller: AdminCaller, stranger_id: StrangerId
) -> IgnoredStranger:
    """Neither show nor keep crops of this person from now on."""
    with services.trail.noting(caller.actor, AuditAction.STRANGER_IGNORED, stranger_id):
        return services.strangers.ignoring.ignore(stranger_id)


@router.delete(
    "/{stranger_id}/ignore",
    operation_id="show_stranger_again",
    status_code=204,
    responses=problems(404),
)
def show_stranger_again(services: Injected, caller: AdminCaller, stranger_id: StrangerId) -> None:
    """Take the ignoring back."""
    with services.trail.noting(caller.actor, AuditAction.STRANGER_SHOWN_AGAIN, stranger_id):
        services.stores.ignored.remove(stranger_id)


@router.get(
    "/{stranger_id}/ignore/crop",
    operation_id="get_ignored_crop",
    response_class=Response,
    responses={200: JPEG_ANSWER, **problems(404)},
)
def get_ignored_crop(services: Injected, stranger_id: StrangerId) -> Response:
    """The picture that was kept of somebody ignored, to know the person by."""
    return jpeg(services.stores.ignored.picture(stranger_id))
