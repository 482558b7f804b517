"""Measure how long a cold start loads a large gallery: snapshot, log and matrix.

A separate process stands in for AWS on loopback, so the network is not measured. Each load runs in
a new process, like a cold start.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel, ConfigDict, TypeAdapter
from rich.console import Console

_ROOT = Path(__file__).parents[3]
_PACKAGE = "services.recognizer.benchmarks"
_ENVIRONMENT = TypeAdapter(dict[str, str])


class Load(BaseModel):
    """One load, from open clients to a gallery that can be searched.

    Attributes:
        faces: the number of faces in the gallery.
        memory_mb: the most memory of the process.
    """

    model_config = ConfigDict(frozen=True)

    faces: int
    seconds: float
    memory_mb: int


class Summary(BaseModel):
    """All loads."""

    faces: int
    dimension: int
    median_s: float
    seconds: list[float]
    memory_mb: int


def main(
    faces: Annotated[int, typer.Option(min=1, help="Faces in the snapshot.")] = 100_000,
    dimension: Annotated[int, typer.Option(min=2, help="Length of an embedding.")] = 512,
    runs: Annotated[int, typer.Option(min=1, help="Number of new processes.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Measure how long the gallery of a deployment takes to load."""
    with _stand_in(faces, dimension) as environment:
        loads = [_load(environment, dimension) for _ in range(runs)]
    seconds = [load.seconds for load in loads]
    summary = Summary(
        faces=loads[0].faces,
        dimension=dimension,
        median_s=round(statistics.median(seconds), 2),
        seconds=seconds,
        memory_mb=max(load.memory_mb for load in loads),
    )
    if as_json:
        typer.echo(summary.model_dump_json(indent=2))
    else:
        _show(summary)


def _show(summary: Summary) -> None:
    each = ", ".join(f"{one:.2f}" for one in summary.seconds)
    Console(highlight=False).print(
        f"{summary.faces} faces x {summary.dimension}: median {summary.median_s:.2f} s ({each}); "
        f"memory: {summary.memory_mb} MB"
    )


@contextmanager
def _stand_in(faces: int, dimension: int) -> Iterator[Mapping[str, str]]:
    """Yield the environment for a stand-in of AWS that holds the gallery."""
    with subprocess.Popen(
        _command("gallery_stand_in", faces, dimension),
        cwd=_ROOT,
        stdin=subprocess.PIPE,  # closed at the end, also when this process is killed
        stdout=subprocess.PIPE,
    ) as server:
        if server.stdout is None or not (line := server.stdout.readline()):
            raise RuntimeError("the stand-in for AWS did not start; its error is above")
        yield {**os.environ, **_ENVIRONMENT.validate_json(line)}


def _load(environment: Mapping[str, str], dimension: int) -> Load:
    done = subprocess.run(
        _command("gallery_load_run", dimension),
        cwd=_ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    return Load.model_validate_json(done.stdout)


def _command(module: str, *numbers: int) -> list[str]:
    return [sys.executable, "-m", f"{_PACKAGE}.{module}", *map(str, numbers)]


if __name__ == "__main__":
    typer.run(main)
