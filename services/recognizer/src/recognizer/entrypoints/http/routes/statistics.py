"""``/v1/statistics``: what was done, how long it took, what was refused, what it cost."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from facecore.contract import Request, Statistics
from recognizer.domain.ports import COUNTER_DAYS
from recognizer.entrypoints.http.dependencies import (
    AdminOnly,
    EachOnce,
    Injected,
    QueryWhole,
    problems,
)
from recognizer.entrypoints.http.routes.health import health
from recognizer.use_cases.statistics.summary import summarized

router = APIRouter(prefix="/v1/statistics", tags=["health"], dependencies=[AdminOnly])


class StatisticsQuery(Request):
    """Which days."""

    days: QueryWhole = Field(
        30, ge=1, le=COUNTER_DAYS, description="So many, today among them, in UTC."
    )


@router.get(
    "",
    operation_id="statistics",
    dependencies=[EachOnce],
    responses=problems(401, 403, 422, 503),
)
def statistics(services: Injected, query: Annotated[StatisticsQuery, Query()]) -> Statistics:
    """What was counted on the last days, and an estimate of what that costs in AWS.

    Other processes write what they count once a minute, so their latest requests may be missing.
    """
    services.request_counters.flush()
    return summarized(
        services.stores.counters,
        health(services),
        today=services.now().date(),
        days=query.days,
        in_aws=services.settings.store == "aws",
    )
