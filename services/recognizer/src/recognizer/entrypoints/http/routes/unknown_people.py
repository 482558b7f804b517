"""``/v1/unknown-people``: people who were seen and have no name."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from facecore.contract import (
    AuditAction,
    AuditDetail,
    IgnoredPeople,
    IgnoredPerson,
    NamedUnknownPerson,
    UnknownPeopleList,
    UnknownPersonAssignment,
    UnknownPersonFaces,
    UnknownPersonNaming,
)
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
    prefix="/v1/unknown-people",
    tags=["unknown people"],
    dependencies=[AdminOnly],
    responses=problems(401, 403, 422, 503),
)
UnknownPersonId = Annotated[
    str, Path(pattern=r"^[0-9a-f]{32}$", description="The unknown person's id.")
]


@router.get("", operation_id="list_unknown_people", dependencies=[RejectDuplicateParameters])
def list_unknown_people(
    services: ServicesDep, page: Annotated[PageQuery, Query()]
) -> UnknownPeopleList:
    """List unknown people, one row for each person, most recently seen first."""
    return services.unknown_people.listing.page(after=page.after, limit=page.limit)


@router.get("/ignored", operation_id="list_ignored_people")
def list_ignored_people(services: ServicesDep) -> IgnoredPeople:
    """List ignored people, newest first."""
    return services.unknown_people.ignoring.list()


@router.get("/{unknown_person_id}", operation_id="get_unknown_person", responses=problems(404))
def get_unknown_person(
    services: ServicesDep, unknown_person_id: UnknownPersonId
) -> UnknownPersonFaces:
    """Return one unknown person with all faces, newest first."""
    return services.unknown_people.listing.faces(unknown_person_id)


@router.post(
    "/{unknown_person_id}/name",
    operation_id="name_unknown_person",
    status_code=201,
    responses=problems(400, 404, 409, 413, 415),
)
def name_unknown_person(
    services: ServicesDep,
    caller: AdminCaller,
    unknown_person_id: UnknownPersonId,
    naming: UnknownPersonNaming,
) -> NamedUnknownPerson:
    """Enrol an unknown person. The best crops become photos if the quality gate accepts them."""
    action = AuditAction.UNKNOWN_PERSON_NAMED
    with services.trail.noting(caller.actor, action, naming.label) as note:
        named = services.unknown_people.naming.name(unknown_person_id, naming)
        note.detail = AuditDetail(records=1, photos=len(named.photos), sightings=named.sightings)
    return named


@router.post(
    "/{unknown_person_id}/assign",
    operation_id="assign_unknown_person",
    responses=problems(400, 404, 409, 413, 415),
)
def assign_unknown_person(
    services: ServicesDep,
    caller: AdminCaller,
    unknown_person_id: UnknownPersonId,
    assignment: UnknownPersonAssignment,
) -> NamedUnknownPerson:
    """Assign an unknown person to an enrolled person. The best crops become photos."""
    action = AuditAction.UNKNOWN_PERSON_NAMED
    with services.trail.noting(caller.actor, action, assignment.label) as note:
        named = services.unknown_people.naming.assign(unknown_person_id, assignment.label)
        note.detail = AuditDetail(records=0, photos=len(named.photos), sightings=named.sightings)
    return named


@router.post(
    "/{unknown_person_id}/ignore", operation_id="ignore_unknown_person", responses=problems(404)
)
def ignore_unknown_person(
    services: ServicesDep, caller: AdminCaller, unknown_person_id: UnknownPersonId
) -> IgnoredPerson:
    """Ignore a person: from now on, crops of this person are neither shown nor kept."""
    with services.trail.noting(caller.actor, AuditAction.UNKNOWN_PERSON_IGNORED, unknown_person_id):
        return services.unknown_people.ignoring.ignore(unknown_person_id)


@router.delete(
    "/{unknown_person_id}/ignore",
    operation_id="show_unknown_person_again",
    status_code=204,
    responses=problems(404),
)
def show_unknown_person_again(
    services: ServicesDep, caller: AdminCaller, unknown_person_id: UnknownPersonId
) -> None:
    """Show an ignored person again."""
    with services.trail.noting(
        caller.actor, AuditAction.UNKNOWN_PERSON_SHOWN_AGAIN, unknown_person_id
    ):
        services.stores.ignored.remove(unknown_person_id)


@router.get(
    "/{unknown_person_id}/ignore/crop",
    operation_id="get_ignored_crop",
    response_class=Response,
    responses={200: JPEG_ANSWER, **problems(404)},
)
def get_ignored_crop(services: ServicesDep, unknown_person_id: UnknownPersonId) -> Response:
    """Return the picture that identifies an ignored person."""
    return jpeg(services.stores.ignored.picture(unknown_person_id))
