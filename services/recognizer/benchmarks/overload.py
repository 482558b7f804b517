"""Measure an overload: how many responses still come in time, and how fast the service recovers.

A few cameras, which send the next request after each response, measure the throughput. Then many
cameras send one request a second, in total ``--factor`` times the throughput. One second after they
disconnect, single pictures are timed again. Cameras and service share the machine.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from facecore.models.catalogue import DEFAULT_EMBEDDER
from libs.facecore.benchmarks.frames import everyday
from services.recognizer.benchmarks.machine import machine
from services.recognizer.benchmarks.overload_clients import Crowd, Outcome, latencies_ms
from services.recognizer.benchmarks.speed_results import Spread
from services.recognizer.benchmarks.speed_service import enrol, opened
from services.recognizer.benchmarks.speed_start import cpu_s, environment_of, peak_mb, served

_INTERVAL_S = 1.0
_FEW = 4
_UNLOADED_S = 10


class Overload(BaseModel):
    """The results; a ratio of 1 means no loss.

    Attributes:
        unloaded_per_second: responses to a few cameras, before and after.
        answered_per_second: responses within the deadline during the overload.
        unloaded_cpu_ms, cpu_ms: the service's processor time for each response, with refusals and
            reads. Other programs change it less than the wall-clock time.
        late: requests without a response at their deadline.
        single_ms, after_ms: a single picture before, and one second after.
        health_ms, people_ms: reads during the overload.
    """

    machine: str
    clients: int
    deadline_s: float
    patient: bool
    unloaded_per_second: float
    answered_per_second: float
    answered_ratio: float
    unloaded_cpu_ms: float
    cpu_ms: float
    answer_ms: Spread
    refused: int
    late: int
    other: int
    single_ms: float
    after_ms: float
    after_ratio: float
    health_ms: Spread
    people_ms: Spread
    peak_mb: int


def main(
    factor: Annotated[float, typer.Option(min=1, help="Requests, in throughputs.")] = 10,
    seconds: Annotated[float, typer.Option(min=5, help="How long the overload lasts.")] = 30,
    deadline: Annotated[float, typer.Option(min=1, help="How long a camera waits.")] = 10,
    *,
    impatient: Annotated[bool, typer.Option(help="Cameras ignore Retry-After.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Measure an overload. This takes a minute and a half."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        data = Path(name)
        with opened(data, DEFAULT_EMBEDDER, threads=1) as services:
            enrol(services)
        with served(environment_of(data, DEFAULT_EMBEDDER, 1), data / "log") as (url, pid):
            found = asyncio.run(
                _measure(url, pid, factor, seconds, deadline_s=deadline, patient=not impatient)
            )
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        _show(found)


async def _measure(
    url: str, pid: int, factor: float, seconds: float, *, deadline_s: float, patient: bool
) -> Overload:
    pictures = [frame.jpeg for frame in everyday()]

    async def ask(count: int, interval_s: float, of_s: float) -> Outcome:
        crowd = Crowd(url, pictures, count, interval_s, deadline_s, patient)
        return await crowd.ask(of_s)

    await ask(_FEW, 0, 5)
    single = _median(await ask(1, 0, _UNLOADED_S))
    began_s = cpu_s(pid)
    before = len((await ask(_FEW, 0, _UNLOADED_S)).answered_ms) / _UNLOADED_S
    unloaded_cpu_ms = (cpu_s(pid) - began_s) * 1000 / (before * _UNLOADED_S)
    clients = round(before * factor * _INTERVAL_S)
    began_s = cpu_s(pid)
    outcome, health, people = await asyncio.gather(
        ask(clients, _INTERVAL_S, seconds),
        latencies_ms(url, "/v1/health", seconds),
        latencies_ms(url, "/v1/people", seconds),
    )
    cpu_ms = (cpu_s(pid) - began_s) * 1000 / max(1, len(outcome.answered_ms))
    await asyncio.sleep(1)
    after = _median(await ask(1, 0, _UNLOADED_S))
    again = len((await ask(_FEW, 0, _UNLOADED_S)).answered_ms) / _UNLOADED_S
    unloaded, answered = (before + again) / 2, len(outcome.answered_ms) / seconds
    return Overload(
        machine=machine(),
        clients=clients,
        deadline_s=deadline_s,
        patient=patient,
        unloaded_per_second=round(unloaded, 1),
        answered_per_second=round(answered, 1),
        answered_ratio=round(answered / unloaded, 2),
        unloaded_cpu_ms=round(unloaded_cpu_ms, 1),
        cpu_ms=round(cpu_ms, 1),
        answer_ms=Spread.of(outcome.answered_ms or [0.0]),
        refused=outcome.refused,
        late=outcome.late,
        other=outcome.other.total(),
        single_ms=round(single, 1),
        after_ms=round(after, 1),
        after_ratio=round(after / single, 2),
        health_ms=Spread.of(health),
        people_ms=Spread.of(people),
        peak_mb=peak_mb(pid),
    )


def _median(outcome: Outcome) -> float:
    """Return the median of the responses; the whole time if there was none."""
    return statistics.median(outcome.answered_ms or [_UNLOADED_S * 1000])


def _show(found: Overload) -> None:
    table = Table("", "")
    for name, value in found.model_dump().items():
        text = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
        table.add_row(name.replace("_", " "), str(text))
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
