"""``/v1/visits``: who was there, and from when to when; also as tables for spreadsheets."""

from __future__ import annotations

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, Field

from facecore.contract import VisitList
from recognizer.entrypoints.http.dependencies import (
    AdminOnly,
    RejectDuplicateParameters,
    ServicesDep,
    problems,
)
from recognizer.entrypoints.http.routes.sightings import SightingsFilter, SightingsQuery
from recognizer.use_cases.visit_tables import Table, attendance_table, visit_table

router = APIRouter(prefix="/v1", tags=["sightings"], dependencies=[AdminOnly])


@router.get(
    "/visits",
    operation_id="list_visits",
    dependencies=[RejectDuplicateParameters],
    responses=problems(401, 403, 422, 503),
)
def list_visits(services: ServicesDep, query: Annotated[SightingsQuery, Query()]) -> VisitList:
    """List visits with a matching sighting, newest first. A short page need not be the last.

    With an `until` in the past, the list does not change while its pages are read.
    """
    return services.visits.list(query.wanted(), after=query.after, limit=query.limit)


def _known(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # what it raises depends on the name
        raise ValueError("give the name of a time zone, such as Europe/Berlin") from None
    return name


class TableQuery(SightingsFilter):
    """Which visits a table has, and how it shows their times."""

    time_zone: Annotated[str, AfterValidator(_known)] = Field(
        "UTC",
        max_length=64,
        description="Of days and times: a name of the IANA database, such as `Europe/Berlin`.",
    )


_CSV = "text/csv"
_TABLE: dict[str, Any] = {
    "dependencies": [RejectDuplicateParameters],
    "response_class": Response,
    "responses": {
        200: {
            "description": "CSV in UTF-8 with a byte order mark. Text that a spreadsheet would "
            "take for a formula begins with an apostrophe",
            "content": {_CSV: {"schema": {"type": "string"}}},
        },
        **problems(401, 403, 422, 503),
    },
}


@router.get("/visits.csv", operation_id="visit_table", **_TABLE)
def visit_csv(services: ServicesDep, query: Annotated[TableQuery, Query()]) -> Response:
    """Return the visits as a table for spreadsheets, newest first, one row per visit."""
    return _answer(services, visit_table, query, "visits.csv")


@router.get("/attendance.csv", operation_id="attendance_table", **_TABLE)
def attendance_csv(services: ServicesDep, query: Annotated[TableQuery, Query()]) -> Response:
    """Return a table for spreadsheets with one row per person and day: present from and to.

    A photograph held to the camera is recognised as the person it shows: liveness is not checked.
    Do not let attendance depend on this table alone.
    """
    return _answer(services, attendance_table, query, "attendance.csv")


def _answer(services: ServicesDep, table: Table, query: TableQuery, name: str) -> Response:
    content = services.visit_tables.csv(table, query.wanted(), ZoneInfo(query.time_zone))
    return Response(
        content.encode("utf-8-sig"),  # without the mark Excel does not detect UTF-8
        media_type=_CSV,
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )
