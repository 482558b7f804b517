"""``/v1/health`` and ``/v1/statistics``: whether the service is ready, and what it did."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from facecore.contract import Health, HealthStatus, Request, Statistics
from recognizer import __version__
from recognizer.domain.ports import COUNTER_DAYS
from recognizer.domain.request_report import Operation
from recognizer.entrypoints.http.dependencies import (
    AdminOnly,
    QueryInteger,
    RejectDuplicateParameters,
    ServicesDep,
    problems,
)
from recognizer.use_cases.statistics import summarized

router = APIRouter(prefix="/v1", tags=["health"])


@router.get("/health", operation_id=Operation.HEALTH, responses=problems(503))
def health(services: ServicesDep) -> Health:
    """Return the model and the gallery's size; 503 if the store can't be read or written."""
    view = services.gallery.at(services.stores.readiness.gallery_version())
    return Health(
        status=HealthStatus.READY,
        version=__version__,
        model=services.vision.model_id,
        gallery_size=view.gallery.size,
        gallery_people=view.gallery.people,
        gallery_version=view.version,
        gallery_outdated=view.outdated,
    )


class StatisticsQuery(Request):
    """How many days."""

    days: QueryInteger = Field(
        30, ge=1, le=COUNTER_DAYS, description="Number of days in UTC, including today."
    )


@router.get(
    "/statistics",
    operation_id="statistics",
    dependencies=[AdminOnly, RejectDuplicateParameters],
    responses=problems(401, 403, 422, 503),
)
def statistics(services: ServicesDep, query: Annotated[StatisticsQuery, Query()]) -> Statistics:
    """Return the counts of the last days, and an estimate of their cost in AWS.

    Other processes write their counts once a minute, so their latest requests may be missing.
    """
    services.request_counters.flush()
    return summarized(
        services.stores.counters,
        health(services),
        today=services.now().date(),
        days=query.days,
        in_aws=services.settings.store == "aws",
    )
