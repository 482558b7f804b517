"""What an overload costs: how many answers still come in time, and how soon all is as before.

The throughput is measured with a few cameras that ask again as soon as they are answered. Then so
many cameras ask once a second that they ask for ``--factor`` times as much. One second after they
have hung up, single pictures are timed again. Cameras and service share the machine.
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
from recognizer.cost.invocation import machine
from services.recognizer.benchmarks.overload_clients import Crowd, latencies_ms
from services.recognizer.benchmarks.speed_results import Spread
from services.recognizer.benchmarks.speed_service import enrol, opened
from services.recognizer.benchmarks.speed_start import environment_of, peak_mb, served

_INTERVAL_S = 1.0
_FEW = 4


class Overload(BaseModel):
    """What was found; a ratio of 1 means no loss.

    Attributes:
        unloaded_per_second: answers of a few cameras.
        answered_per_second: answers within the deadline while all asked.
        late: requests without an answer at their deadline.
        single_ms, after_ms: a single picture before, and one second after.
        health_ms, people_ms: reads while all asked.
    """

    machine: str
    clients: int
    deadline_s: float
    patient: bool
    unloaded_per_second: float
    answered_per_second: float
    answered_ratio: float
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
    """Measure an overload; takes a minute and a half."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        data = Path(name)
        with opened(data, DEFAULT_EMBEDDER, threads=1) as services:
            enrol(services)
        with served(environment_of(data, DEFAULT_EMBEDDER, 1), data / "log") as (url, pid):
            found = asyncio.run(_measure(url, pid, factor, seconds, deadline, not impatient))
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        _show(found)


async def _measure(
    url: str, pid: int, factor: float, seconds: float, deadline_s: float, patient: bool
) -> Overload:
    pictures = [frame.jpeg for frame in everyday()]

    async def crowd(
        count: int, interval_s: float, of_s: float
    ) -> tuple[int, list[float], int, int]:
        asked = Crowd(url, pictures, count, interval_s, deadline_s, patient)
        outcome = await asked.ask(of_s)
        return (outcome.refused, outcome.answered_ms, outcome.late, outcome.other.total())

    await crowd(_FEW, 0, 5)
    _, single, *_ = await crowd(1, 0, 5)
    _, unloaded, *_ = await crowd(_FEW, 0, 10)
    rate = len(unloaded) / 10
    clients = round(rate * factor * _INTERVAL_S)
    (refused, answered, late, other), health, people = await asyncio.gather(
        crowd(clients, _INTERVAL_S, seconds),
        latencies_ms(url, "/v1/health", seconds),
        latencies_ms(url, "/v1/people", seconds),
    )
    await asyncio.sleep(1)
    _, after, *_ = await crowd(1, 0, 5)
    return Overload(
        machine=machine(),
        clients=clients,
        deadline_s=deadline_s,
        patient=patient,
        unloaded_per_second=round(rate, 1),
        answered_per_second=round(len(answered) / seconds, 1),
        answered_ratio=round(len(answered) / seconds / rate, 2),
        answer_ms=Spread.of(answered or [0.0]),
        refused=refused,
        late=late,
        other=other,
        single_ms=round(statistics.median(single), 1),
        after_ms=round(statistics.median(after or [seconds * 1000]), 1),
        after_ratio=round(
            statistics.median(after or [seconds * 1000]) / statistics.median(single), 2
        ),
        health_ms=Spread.of(health),
        people_ms=Spread.of(people),
        peak_mb=peak_mb(pid),
    )


def _show(found: Overload) -> None:
    table = Table("", "")
    for name, value in found.model_dump().items():
        text = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
        table.add_row(name.replace("_", " "), str(text))
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
