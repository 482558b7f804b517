"""``/v1/statistics``: counts of requests, latencies, refusals and costs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from facecore.contract import Request, Statistics
from recognizer.domain.ports import COUNTER_DAYS
from recognizer.entrypoints.http.dependencies import (
    AdminOnly,
    QueryInteger,
    RejectDuplicateParameters,
    ServicesDep,
    problems,
)
from recognizer.entrypoints.http.routes.health import health
from recognizer.use_cases.statistics.summary import summarized

router = APIRouter(prefix="/v1/statistics", tags=["health"], dependencies=[AdminOnly])


class StatisticsQuery(Request):
    """How many days."""

    days: QueryInteger = Field(
        30, ge=1, le=COUNTER_DAYS, description="Number of days in UTC, including today."
    )


@router.get(
    "",
    operation_id="statistics",
    dependencies=[RejectDuplicateParameters],
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
