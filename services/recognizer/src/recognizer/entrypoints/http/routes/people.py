"""``/v1/people``: the records, and the export of everything that is kept about a person."""

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
from facecore.contract import Request as ContractRequest
from recognizer.domain.people import PeopleSearch
from recognizer.entrypoints.http.dependencies import (
    AdminCaller,
    AdminOnly,
    PageQuery,
    PersonLabel,
    RejectDuplicateParameters,
    ServicesDep,
    problems,
)
from recognizer.use_cases.person_export import Part

router = APIRouter(
    prefix="/v1/people",
    tags=["people"],
    dependencies=[AdminOnly],
    responses=problems(401, 403, 422, 503),
)


class PeopleQuery(PageQuery):
    """Which page of the people, and which search."""

    search: str | None = Field(
        None,
        max_length=200,
        description="Finds people with this text in the name, the label or an attribute. Case and "
        "accents are ignored. A page of a search may have fewer people than `limit`, even none, "
        "and still a `next`.",
    )


@router.get("", operation_id="list_people", dependencies=[RejectDuplicateParameters])
def list_people(services: ServicesDep, page: Annotated[PeopleQuery, Query()]) -> PersonList:
    """List people in the order of their labels."""
    search = None if page.search is None else PeopleSearch(page.search)
    return services.stores.people.list(after=page.after, limit=page.limit, search=search)


@router.get("/{label}", operation_id="get_person", responses=problems(404))
def get_person(services: ServicesDep, label: PersonLabel) -> Person:
    """Return one person's record."""
    return services.stores.people.get(label)


@router.put(
    "/{label}",
    operation_id="put_person",
    responses={201: {"model": Person, "description": "Created"}, **problems(400, 413, 415)},
)
def put_person(
    services: ServicesDep,
    caller: AdminCaller,
    label: PersonLabel,
    update: PersonUpdate,
    response: Response,
) -> Person:
    """Create a person, or replace the whole record of an existing one. Photos stay."""
    with services.trail.noting(caller.actor, AuditAction.PERSON_CHANGED, label) as note:
        person, created = services.stores.people.put(label, update, services.now())
        if created:
            note.action = AuditAction.PERSON_CREATED
    response.status_code = 201 if created else 200
    return person


@router.delete("/{label}", operation_id="delete_person", responses=problems(404))
def delete_person(
    services: ServicesDep, caller: AdminCaller, label: PersonLabel
) -> DeletionReceipt:
    """Delete the record, photos, embeddings, sightings and crops. Return how many of each."""
    with services.trail.noting(caller.actor, AuditAction.PERSON_DELETED, label) as note:
        receipt = services.enrolment.forget(label)
        note.detail = AuditDetail(**receipt.model_dump(exclude={"label"}))
    return receipt


@router.post("/{label}/merge", operation_id="merge_person", responses=problems(400, 404, 413, 415))
def merge_person(
    services: ServicesDep, caller: AdminCaller, label: PersonLabel, request: MergeRequest
) -> MergeReceipt:
    """Move a person's photos and sightings to another person, or to an unused label.

    The other person's record stays and gains the attributes that only this person had. To an
    unused label, the whole record moves. Afterwards nobody has the old label.
    """
    action, moving = AuditAction.PERSON_MERGED, AuditDetail(into=request.into)
    with services.trail.noting(caller.actor, action, label, moving) as note:
        receipt = services.enrolment.merge(label, request.into)
        note.detail = AuditDetail(
            into=request.into, photos=receipt.photos, sightings=receipt.sightings
        )
    return receipt


_ZIP = "application/zip"


class ExportQuery(ContractRequest):
    """Which part of the export."""

    after: str | None = Field(
        None,
        max_length=1024,
        description="Cursor from the link to the next part; leave it out for the first part.",
    )


@router.get(
    "/{label}/export",
    operation_id="export_person",
    dependencies=[RejectDuplicateParameters],
    response_class=Response,
    responses={
        200: {
            "description": "A zip of at most about 4 MB",
            "content": {_ZIP: {"schema": {"type": "string", "format": "binary"}}},
            "headers": {
                "Link": {
                    "description": '`<?after=…>; rel="next"` links the next part, if there is '
                    "one; no file name occurs in two parts",
                    "schema": {"type": "string"},
                }
            },
        },
        **problems(404),
    },
)
def export_person(
    services: ServicesDep,
    caller: AdminCaller,
    label: PersonLabel,
    query: Annotated[ExportQuery, Query()],
) -> Response:
    """Return a part of everything stored about a person: record, photos as sent, and sightings.

    Each part adds an entry to the audit log, since a part can be requested on its own.
    """
    with services.trail.noting(caller.actor, AuditAction.PERSON_EXPORTED, label):
        return _answer(label, services.export.part(label, query.after))


def _answer(label: str, part: Part) -> Response:
    headers = {"content-disposition": f'attachment; filename="{label}-{part.number}.zip"'}
    if part.next is not None:
        headers["link"] = f'<?after={part.next}>; rel="next"'
    return Response(part.content, media_type=_ZIP, headers=headers)
