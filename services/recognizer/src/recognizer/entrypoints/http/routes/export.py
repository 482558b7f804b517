"""``/v1/people/{label}/export``: everything that is kept about a person."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from facecore.contract import AuditAction
from facecore.contract import Request as ContractRequest
from recognizer.entrypoints.http.dependencies import (
    AdminCaller,
    AdminOnly,
    EachOnce,
    Injected,
    PersonLabel,
    problems,
)
from recognizer.use_cases.export import Part

ZIP = "application/zip"

router = APIRouter(prefix="/v1/people/{label}/export", tags=["data"], dependencies=[AdminOnly])


class ExportQuery(ContractRequest):
    """Which part."""

    after: str | None = Field(
        None, max_length=1024, description="Of the link to the next part; none for the first one."
    )


@router.get(
    "",
    operation_id="export_person",
    dependencies=[EachOnce],
    response_class=Response,
    responses={
        200: {
            "description": "A zip of at most about 4 MB",
            "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}},
            "headers": {
                "Link": {
                    "description": '`<?after=…>; rel="next"` leads to the next part, if there is '
                    "one; no file's name is in two parts",
                    "schema": {"type": "string"},
                }
            },
        },
        **problems(401, 403, 404, 422, 503),
    },
)
def export_person(
    services: Injected,
    caller: AdminCaller,
    label: PersonLabel,
    query: Annotated[ExportQuery, Query()],
) -> Response:
    """A part of the record, the photos as they were sent, and the sightings.

    Each part is an entry of the audit log: a cursor may be old, or made up.
    """
    with services.trail.noting(caller.actor, AuditAction.PERSON_EXPORTED, label):
        return _answer(label, services.export.part(label, query.after))


def _answer(label: str, part: Part) -> Response:
    headers = {"content-disposition": f'attachment; filename="{label}-{part.number}.zip"'}
    if part.next is not None:
        headers["link"] = f'<?after={part.next}>; rel="next"'
    return Response(part.content, media_type=ZIP, headers=headers)
