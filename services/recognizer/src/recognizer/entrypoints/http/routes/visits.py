"""``/v1/visits``: who was there, and from when to when."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from facecore.contract import VisitList
from recognizer.entrypoints.http.dependencies import (
    AdminOnly,
    RejectDuplicateParameters,
    ServicesDep,
    problems,
)
from recognizer.entrypoints.http.routes.sightings import SightingsQuery

router = APIRouter(prefix="/v1/visits", tags=["sightings"], dependencies=[AdminOnly])


@router.get(
    "",
    operation_id="list_visits",
    dependencies=[RejectDuplicateParameters],
    responses=problems(401, 403, 422, 503),
)
def list_visits(services: ServicesDep, query: Annotated[SightingsQuery, Query()]) -> VisitList:
    """List visits with a matching sighting, newest first. A short page need not be the last.

    With an `until` in the past, the list does not change while its pages are read.
    """
    return services.visits.list(query.wanted(), after=query.after, limit=query.limit)
