"""Measure the speed and size of the recognizer, on frames that every machine can make.

Every part runs in a separate process. Stages and answers are timed in process, with a store in a
folder; starts and load are timed over HTTP. The numbers of threads alternate, frame by frame.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter

from facecore.models.catalogue import DEFAULT_EMBEDDER, embedder
from services.recognizer.benchmarks import speed_chart, speed_tables
from services.recognizer.benchmarks.machine import machine
from services.recognizer.benchmarks.speed_installed import installed_mb
from services.recognizer.benchmarks.speed_load import loads
from services.recognizer.benchmarks.speed_results import Arithmetic, Pipeline, Report
from services.recognizer.benchmarks.speed_start import ROOT, starts

_THREADS = (1, 2)
_CLIENTS = (1, 2, 8, 32)
_PIPELINES = TypeAdapter(list[Pipeline])


def main(
    model: Annotated[str, typer.Option(help="Name of the embedding model.")] = DEFAULT_EMBEDDER,
    rounds: Annotated[int, typer.Option(min=1, help="Recognitions of each frame.")] = 10,
    fresh: Annotated[int, typer.Option(min=1, help="Number of processes to start.")] = 7,
    requests: Annotated[int, typer.Option(min=24, help="Requests per number of clients.")] = 240,
    *,
    install: Annotated[bool, typer.Option(help="Measure the size of a new installation.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
    output: Annotated[Path | None, typer.Option(help="Write the JSON here too.")] = None,
    chart: Annotated[Path | None, typer.Option(help="Draw the stages here, as SVG.")] = None,
) -> None:
    """Measure stages, answers, starts, load, memory and size, in about ten minutes."""
    pipelines = _PIPELINES.validate_json(_part("stages", model, rounds, *_THREADS))
    report = Report(
        measured_on=datetime.now(UTC).date(),
        machine=machine(),
        python=platform.python_version(),
        model=embedder(model).id,
        pipelines=pipelines,
        arithmetic=[_arithmetic(model, of) for of in pipelines[: len(_THREADS)]],
        starts=starts(model, _THREADS[-1], fresh),
        loads=loads(model, _CLIENTS, requests),
        installed_mb=installed_mb() if install else None,
    )
    text = report.model_dump_json(indent=2)
    if output:
        output.write_text(text + "\n", encoding="utf-8")
    if chart:
        chart.write_text(speed_chart.stages(report), encoding="utf-8")
    if as_json:
        typer.echo(text)
    else:
        speed_tables.show(report)


def _arithmetic(model: str, of: Pipeline) -> Arithmetic:
    # The environment sets the number of NumPy's threads when NumPy is loaded.
    found = _part("arithmetic", model, of.threads, of.answer.median, threads=of.threads)
    return Arithmetic.model_validate_json(found)


def _part(name: str, *arguments: object, threads: int | None = None) -> bytes:
    limit = {"OPENBLAS_NUM_THREADS": str(threads)} if threads else {}
    module = f"services.recognizer.benchmarks.speed_{name}"
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | limit,
        stdout=subprocess.PIPE,
        check=True,
    )
    return done.stdout


if __name__ == "__main__":
    typer.run(main)
