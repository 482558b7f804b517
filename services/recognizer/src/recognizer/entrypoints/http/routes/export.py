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
    PersonLabel,
    RejectDuplicateParameters,
    ServicesDep,
    problems,
)
from recognizer.use_cases.export import Part

ZIP = "application/zip"

router = APIRouter(prefix="/v1/people/{label}/export", tags=["data"], dependencies=[AdminOnly])


class ExportQuery(ContractRequest):
    """Which part of the export."""

    after: str | None = Field(
        None,
        max_length=1024,
        description="Cursor from the link to the next part; leave it out for the first part.",
    )


@router.get(
    "",
    operation_id="export_person",
    dependencies=[RejectDuplicateParameters],
    response_class=Response,
    responses={
        200: {
            "description": "A zip of at most about 4 MB",
            "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}},
            "headers": {
                "Link": {
                    "description": '`<?after=…>; rel="next"` links the next part, if there is '
                    "one; no file name occurs in two parts",
                    "schema": {"type": "string"},
                }
            },
        },
        **problems(401, 403, 404, 422, 503),
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
    return Response(part.content, media_type=ZIP, headers=headers)
