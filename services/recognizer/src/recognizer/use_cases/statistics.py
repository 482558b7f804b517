"""Summary of the counters of some days, for ``GET /v1/statistics``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from facecore.contract import (
    CostEstimate,
    CostLine,
    DayStatistics,
    FaceCounts,
    Health,
    Refusal,
    RefusedKind,
    StageLatency,
    Statistics,
)
from recognizer.domain.ports import Counters, DayCounters
from recognizer.use_cases import request_counters
from recognizer.use_cases.cost import prices
from recognizer.use_cases.cost.bill import Machine, Usage, lines_of
from recognizer.use_cases.request_counters import percentile_ms


def summarized(
    counters: Counters, health: Health, *, today: date, days: int, in_aws: bool
) -> Statistics:
    """Summarise the last ``days`` days, today included. Raises ``StoreUnavailable``."""
    first = today - timedelta(days=days - 1)
    found = {one.day: one for one in counters.list(first, today)}
    every = [first + timedelta(days=number) for number in range(days)]
    together: Counter[str] = Counter()
    for one in found.values():
        together.update(one.counts)
    return Statistics(
        health=health,
        days=[_day(found.get(day, DayCounters(day, {}))) for day in every],
        latency=list(_latency(together)),
        refusals=_refusals(together),
        cost=_cost(together, in_aws=in_aws),
    )


def _day(one: DayCounters) -> DayStatistics:
    faces = dict(request_counters.below(one.counts, request_counters.FACES))
    return DayStatistics(
        day=one.day,
        recognitions=one.counts.get(request_counters.RECOGNITIONS, 0),
        faces=FaceCounts.model_validate(faces),
    )


def _latency(counts: Mapping[str, int]) -> Iterator[StageLatency]:
    for stage in request_counters.STAGES:
        classes = request_counters.classes_of(counts, stage)
        if count := sum(classes.values()):
            median, p95 = (round(percentile_ms(classes, share), 2) for share in (0.5, 0.95))
            yield StageLatency(stage=stage, count=count, p50_ms=median, p95_ms=p95)


def _refusals(counts: Mapping[str, int]) -> list[Refusal]:
    prefixes = {RefusedKind.FACE: request_counters.FACE, RefusedKind.PHOTO: request_counters.PHOTO}
    found = [
        Refusal(what=what, reason=reason, count=count)
        for what, prefix in prefixes.items()
        for reason, count in request_counters.below(counts, prefix)
    ]
    return sorted(found, key=lambda one: (-one.count, one.what, one.reason))


def _cost(counts: Mapping[str, int], *, in_aws: bool) -> CostEstimate:
    faces = dict(request_counters.below(counts, request_counters.FACES))
    usage = Usage(
        requests=counts.get(request_counters.REQUESTS, 0),
        billed_ms=counts.get(request_counters.BILLED_MS, 0),
        recognitions=counts.get(request_counters.RECOGNITIONS, 0),
        named=faces.get("match", 0),
        unnamed=faces.get("uncertain", 0) + faces.get("unknown", 0),
        videos=counts.get(request_counters.VIDEOS, 0),
        tracks=counts.get(request_counters.TRACKS, 0),
        crops=counts.get(request_counters.CROPS, 0),
    )
    machine = Machine.of_this_process()
    lines = [
        CostLine(
            service=one.service, what=one.what, quantity=one.quantity, unit=one.unit, usd=one.usd
        )
        for one in lines_of(usage, machine)
    ]
    return CostEstimate(
        in_aws=in_aws,
        region=prices.REGION,
        memory_mb=machine.memory_mb,
        requests=usage.requests,
        billed_ms=usage.billed_ms,
        lines=lines,
        usd=sum(line.usd for line in lines),
    )
