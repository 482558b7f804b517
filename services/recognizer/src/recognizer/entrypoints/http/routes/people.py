"""``/v1/people``: the records."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from facecore.contract import (
    AuditAction,
    AuditDetail,
    DeletionReceipt,
    MergeReceipt,
    MergeRequest,
    Person,
    PersonList,
    PersonUpdate,
)
from recognizer.domain.people_search import PeopleSearch
from recognizer.entrypoints.http.dependencies import (
    AdminCaller,
    AdminOnly,
    EachOnce,
    Injected,
    PageQuery,
    PersonLabel,
    problems,
)

router = APIRouter(
    prefix="/v1/people",
    tags=["people"],
    dependencies=[AdminOnly],
    responses=problems(401, 403, 422, 503),
)


class PeopleQuery(PageQuery):
    """Which page of the people, and of which of them."""

    search: str | None = Field(
        None,
        max_length=200,
        description="Those who have this in the name, the label or an attribute's text; upper and "
        "lower case, and letters with and without accents, count as the same. A page of a search "
        "may have fewer people than `limit`, even none, and still a `next`.",
    )


@router.get("", operation_id="list_people", dependencies=[EachOnce])
def list_people(services: Injected, page: Annotated[PeopleQuery, Query()]) -> PersonList:
    """People in the order of their labels."""
    search = None if page.search is None else PeopleSearch(page.search)
    return services.stores.people.list(after=page.after, limit=page.limit, search=search)


@router.get("/{label}", operation_id="get_person", responses=problems(404))
def get_person(services: Injected, label: PersonLabel) -> Person:
    """One person's record."""
    return services.stores.people.get(label)


@router.put(
    "/{label}",
    operation_id="put_person",
    responses={201: {"model": Person, "description": "Created"}, **problems(400, 413, 415)},
)
def put_person(
    services: Injected,
    caller: AdminCaller,
    label: PersonLabel,
    update: PersonUpdate,
    response: Response,
) -> Person:
    """Make a person, or replace the whole record of one; photos stay."""
    with services.trail.noting(caller.actor, AuditAction.PERSON_CHANGED, label) as note:
        person, created = services.stores.people.put(label, update, services.now())
        if created:
            note.action = AuditAction.PERSON_CREATED
    response.status_code = 201 if created else 200
    return person


@router.delete("/{label}", operation_id="delete_person", responses=problems(404))
def delete_person(services: Injected, caller: AdminCaller, label: PersonLabel) -> DeletionReceipt:
    """Delete the record, photos, embeddings, sightings and crops; tells how many of each."""
    with services.trail.noting(caller.actor, AuditAction.PERSON_DELETED, label) as note:
        receipt = services.enrolment.forget(label)
        note.detail = AuditDetail(**receipt.model_dump(exclude={"label"}))
    return receipt


@router.post("/{label}/merge", operation_id="merge_person", responses=problems(400, 404, 413, 415))
def merge_person(
    services: Injected, caller: AdminCaller, label: PersonLabel, request: MergeRequest
) -> MergeReceipt:
    """Move a person's photos and sightings to another, or to a label that nobody has.

    The other's record stays, and gets the attributes that only this one had. Under a new label
    the whole record moves. Afterwards nobody has this label.
    """
    action, moving = AuditAction.PERSON_MERGED, AuditDetail(into=request.into)
    with services.trail.noting(caller.actor, action, label, moving) as note:
        receipt = services.enrolment.merge(label, request.into)
        note.detail = AuditDetail(
            into=request.into, photos=receipt.photos, sightings=receipt.sightings
        )
    return receipt
