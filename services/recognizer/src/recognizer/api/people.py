"""``/v1/people``: the records."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from facecore.contract import DeletionReceipt, Person, PersonList, PersonUpdate
from recognizer.api.dependencies import (
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


@router.get("", operation_id="list_people", dependencies=[EachOnce])
def list_people(services: Injected, page: Annotated[PageQuery, Query()]) -> PersonList:
    """People in the order of their labels."""
    return services.stores.people.list(after=page.after, limit=page.limit)


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
    services: Injected, label: PersonLabel, update: PersonUpdate, response: Response
) -> Person:
    """Make a person, or replace the whole record of one; photos stay."""
    person, created = services.stores.people.put(label, update, services.now())
    response.status_code = 201 if created else 200
    return person


@router.delete("/{label}", operation_id="delete_person", responses=problems(404))
def delete_person(services: Injected, label: PersonLabel) -> DeletionReceipt:
    """Delete the record, photos, embeddings and sightings; tells how many of each."""
    return services.enrolment.forget(label)
