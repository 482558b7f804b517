"""Measure the cost of a gallery by its size: a search, an enrolment, and memory.

Each size runs in a new process. The faces are random unit vectors. They are as slow to search as
real ones, since every row is compared.
"""

from __future__ import annotations

import platform
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel, ConfigDict
from rich.console import Console
from rich.table import Table

from services.recognizer.benchmarks.gallery_search_run import Cost
from services.recognizer.benchmarks.machine import machine

_ROOT = Path(__file__).parents[3]
_SIZES = (100, 1_000, 10_000, 100_000, 1_000_000)


class Report(BaseModel):
    """The costs of all sizes, and the machine."""

    model_config = ConfigDict(frozen=True)

    measured_on: date
    machine: str
    python: str
    costs: list[Cost]


def main(
    dimension: Annotated[
        list[int] | None, typer.Option(help="Lengths of an embedding; 128 and 512 if left out.")
    ] = None,
    size: Annotated[list[int] | None, typer.Option(help="Faces; 100 to 1,000,000.")] = None,
    photos: Annotated[int, typer.Option(min=1, help="Of each person.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
    output: Annotated[Path | None, typer.Option(help="Write the JSON here too.")] = None,
) -> None:
    """Measure each size. This takes minutes, and 3 GB of memory for a million faces of 512."""
    costs = [
        _cost(faces, length, photos)
        for length in dimension or (128, 512)
        for faces in size or _SIZES
    ]
    report = Report(
        measured_on=datetime.now(UTC).date(),
        machine=machine(),
        python=platform.python_version(),
        costs=costs,
    )
    text = report.model_dump_json(indent=2)
    if output:
        output.write_text(text + "\n", encoding="utf-8")
    if as_json:
        typer.echo(text)
    else:
        _show(report)


def _cost(faces: int, dimension: int, photos: int) -> Cost:
    module = "services.recognizer.benchmarks.gallery_search_run"
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, (faces, dimension, photos))],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    return Cost.model_validate_json(done.stdout)


def _show(report: Report) -> None:
    console = Console(highlight=False, width=110)
    console.print(f"{report.measured_on}, {report.machine}, Python {report.python}", markup=False)
    table = Table(title="A gallery's cost: medians, ms", title_justify="left")
    columns = ("dimension", "faces", "people", "search", "95th", "processor", "of 8", "enrolment")
    for column in (*columns, "load s", "MB"):
        table.add_column(column, justify="right")
    for cost in report.costs:
        search, eight, enrolment = cost.search, cost.search_of_eight, cost.enrolment
        times = (search.median, search.p95, cost.search_cpu_ms, eight.median, enrolment.median)
        table.add_row(
            str(cost.dimension),
            f"{cost.faces:,}",
            f"{cost.people:,}",
            *(f"{ms:.2f}" for ms in times),
            f"{cost.load_s:.1f}",
            f"{cost.memory_mb:,}",
        )
    console.print(table)


if __name__ == "__main__":
    typer.run(main)
