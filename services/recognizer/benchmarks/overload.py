"""Measure an overload: how many responses still come in time, and how fast the service recovers.

A few cameras, which send the next request after each response, measure the throughput. Then many
cameras have ``--factor`` times as many pictures to send. One second
after they disconnect, single pictures are timed again. The service runs on one half of the
processor's cores and the cameras on the other, because real cameras are other machines.
"""

from __future__ import annotations

import asyncio
import os
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

_CAMERAS = 480
"""Twice as many as may wait, and fewer than the service's limit of connections."""
_FEW = 4
_UNLOADED_S = 10


class Overload(BaseModel):
    """The results; a ratio of 1 means no loss.

    Attributes:
        unloaded_per_second: responses to a few cameras, before and after.
        wanted_per_second, sent_per_second: pictures to send, and pictures that a camera was free to
            send, during the overload.
        answered_per_second: responses within the deadline during the overload.
        unloaded_cpu_ms, cpu_ms: the service's processor time for each response, with refusals and
            reads. Other programs change it less than the wall-clock time.
        late: requests without a response at their deadline.
        single_ms, after_ms: a single picture before, and one second after.
        health_ms, people_ms: reads during the overload.
    """

    machine: str
    cameras: int
    deadline_s: float
    patient: bool
    unloaded_per_second: float
    wanted_per_second: float
    sent_per_second: float
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
        service_cores, camera_cores = _halves()
        os.sched_setaffinity(0, service_cores)
        with served(environment_of(data, DEFAULT_EMBEDDER, 1), data / "log") as (url, pid):
            os.sched_setaffinity(0, camera_cores)
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

    async def ask(cameras: int, of_s: float) -> Outcome:
        return await Crowd(url, pictures, cameras, deadline_s).ask(of_s)

    await ask(_FEW, 5)
    single = _median(await ask(1, _UNLOADED_S))
    began_s = cpu_s(pid)
    before = len((await ask(_FEW, _UNLOADED_S)).answered_ms) / _UNLOADED_S
    unloaded_cpu_ms = (cpu_s(pid) - began_s) * 1000 / (before * _UNLOADED_S)
    wanted = before * factor
    crowd = Crowd(url, pictures, _CAMERAS, deadline_s, per_second=wanted, patient=patient)
    began_s = cpu_s(pid)
    outcome, health, people = await asyncio.gather(
        crowd.ask(seconds),
        latencies_ms(url, "/v1/health", seconds),
        latencies_ms(url, "/v1/people", seconds),
    )
    cpu_ms = (cpu_s(pid) - began_s) * 1000 / max(1, len(outcome.answered_ms))
    await asyncio.sleep(1)
    after = _median(await ask(1, _UNLOADED_S))
    again = len((await ask(_FEW, _UNLOADED_S)).answered_ms) / _UNLOADED_S
    unloaded, answered = (before + again) / 2, len(outcome.answered_ms) / seconds
    return Overload(
        machine=machine(),
        cameras=_CAMERAS,
        deadline_s=deadline_s,
        patient=patient,
        unloaded_per_second=round(unloaded, 1),
        wanted_per_second=round(wanted, 1),
        sent_per_second=round(outcome.sent / seconds, 1),
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


def _halves() -> tuple[set[int], set[int]]:
    """Return the cores of the service and those of the cameras; a single core is shared."""
    cores = sorted(os.sched_getaffinity(0))
    half = (len(cores) + 1) // 2
    return set(cores[:half]), set(cores[half:] or cores)


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
