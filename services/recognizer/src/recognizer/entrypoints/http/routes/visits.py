"""``/v1/visits``: who was there, from when to when."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from facecore.contract import VisitList
from recognizer.entrypoints.http.dependencies import AdminOnly, EachOnce, Injected, problems
from recognizer.entrypoints.http.routes.sightings import SightingsQuery

router = APIRouter(prefix="/v1/visits", tags=["sightings"], dependencies=[AdminOnly])


@router.get(
    "",
    operation_id="list_visits",
    dependencies=[EachOnce],
    responses=problems(401, 403, 422, 503),
)
def list_visits(services: Injected, query: Annotated[SightingsQuery, Query()]) -> VisitList:
    """Visits of which a sighting fits, newest first; a page may hold few and not be the last.

    With an `until` in the past the list stands still while it is read.
    """
    return services.visits.list(query.wanted(), after=query.after, limit=query.limit)
