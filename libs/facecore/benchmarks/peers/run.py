"""Ours beside facenet-pytorch and face_recognition, on the same frames in the same run.

make bench-peers
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from facecore.models import catalogue, store
from facecore.models.catalogue import Model
from libs.facecore.benchmarks import frames
from libs.facecore.benchmarks.peers import chart, contest
from libs.facecore.benchmarks.peers.contest import Course, Files
from libs.facecore.benchmarks.peers.contestants import MAKERS
from libs.facecore.benchmarks.peers.process import ROOT, is_installed, python_of
from libs.facecore.benchmarks.peers.results import (
    YARDSTICK,
    Comparison,
    Measured,
    Names,
    percentile,
    ratio,
    score,
)

_NEEDS: Final[Mapping[str, tuple[str, Sequence[Model]]]] = {
    "ours, sface": ("facecore[vision]", (catalogue.MTCNN, catalogue.SFACE)),
    "ours, facenet": (
        "facecore[vision]",
        (catalogue.MTCNN, catalogue.FACENET_VGGFACE2),
    ),
    "facenet-pytorch": ("facenet-pytorch", (catalogue.FACENET_STATE,)),
    "face_recognition": ("face-recognition", ()),
}
"""The package that a user would install, and the models that come besides."""
_BUSY: Final = 0.5


def main(
    out: Annotated[Path, typer.Option(help="Folder for peers.json and peers.svg.")],
    threads: Annotated[list[int] | None, typer.Option(help="2 and 1 unless given.")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often each frame is seen.")] = 5,
    starts: Annotated[int, typer.Option(min=1, help="How often each is started.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Compare, print a table, and write peers.json and peers.svg."""
    counts, load = threads or [2, 1], os.getloadavg()[0]
    names = [name for name in MAKERS if is_installed(name)]
    with tempfile.TemporaryDirectory() as folder:
        files = _files(Path(folder))
        sizes = {name: _installed_mb(name) for name in names}
        measured = _measured(names, counts, files, sizes, starts=starts, rounds=rounds)
    comparison = Comparison(
        machine=f"{os.cpu_count()} cores, {platform.machine()}",
        load=round(load, 1),
        frames=len(files.frames),
        rounds=rounds,
        left_out=[name for name in MAKERS if name not in names],
        measured=measured,
    )
    out.mkdir(parents=True, exist_ok=True)
    text = comparison.model_dump_json(indent=2)
    (out / "peers.json").write_text(text + "\n", encoding="utf-8")
    chart.draw(comparison, out / "peers.svg", threads=counts[0])
    if as_json:
        typer.echo(text)
    else:
        _show(comparison)


def _files(folder: Path) -> Files:
    shown = frames.everyday()
    paths = [folder / f"{number:02}.jpg" for number in range(len(shown))]
    for frame, path in zip(shown, paths, strict=True):
        path.write_bytes(frame.jpeg)
    return Files(shown, paths, frames.enrolment())


def _measured(
    names: Sequence[str],
    counts: Sequence[int],
    files: Files,
    sizes: Mapping[str, float],
    *,
    starts: int,
    rounds: int,
) -> list[Measured]:
    found = []
    with Progress(console=Console(stderr=True)) as progress:
        for threads in counts:
            steps = starts * len(names) + rounds * len(files.frames)
            task = progress.add_task(f"{threads} threads", total=steps)
            advance = partial(progress.advance, task)
            courses = contest.run(
                names, threads, files, starts=starts, rounds=rounds, advance=advance
            )
            for name in names:
                # What is seen is counted in the first round; the others only measure time.
                seen = [answer.seen for answer in courses[name].answers[: len(files.frames)]]
                said = score(files.frames, seen)
                found.append(_summed(name, threads, courses, sizes[name], said))
    return found


def _summed(
    name: str, threads: int, courses: Mapping[str, Course], size: float, said: Names
) -> Measured:
    own, yardstick = courses[name], courses.get(YARDSTICK)
    times = [answer.ms for answer in own.answers]
    theirs = [answer.ms for answer in yardstick.answers] if yardstick else None
    return Measured(
        name=name,
        threads=threads,
        median_ms=statistics.median(times),
        p95_ms=percentile(times, 0.95),
        cpu_ms=statistics.median(answer.cpu_ms for answer in own.answers),
        ratio=ratio(theirs, times),
        start_s=statistics.median(own.starts_s),
        start_ratio=ratio(yardstick.starts_s if yardstick else None, own.starts_s),
        memory_mb=max(answer.memory_mb for answer in own.answers),
        installed_mb=size,
        names=said,
        frame_ms=[round(time, 2) for time in times],
        starts_s=[round(seconds, 3) for seconds in own.starts_s],
    )


def _installed_mb(name: str) -> float:
    package, models = _NEEDS[name]
    command = [python_of(name), "-m", f"{__package__}.installed", package]
    printed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    folders = [store.ensure(model) for model in models]
    files = [file for folder in folders for file in folder.iterdir()]
    return (int(printed) + sum(file.stat().st_size for file in files)) / 1e6


def _show(comparison: Comparison) -> None:
    console = Console(highlight=False)
    for threads in dict.fromkeys(one.threads for one in comparison.measured):
        measured = [one for one in comparison.measured if one.threads == threads]
        console.print(_times(measured, f"threads: {threads}"))
    first = comparison.measured[0].threads
    console.print(_names([one for one in comparison.measured if one.threads == first]))
    console.print(
        f"{comparison.frames} frames, {comparison.rounds} rounds, {comparison.machine}; times as "
        f"fast and as soon as {YARDSTICK}: on the same frame in the same round"
    )
    if comparison.load > _BUSY:
        console.print(
            f"[yellow]the machine was busy (load {comparison.load}): torch's threads wait for each "
            "other by turning round and round, and take many times as long; measure again[/]"
        )
    for name in comparison.left_out:
        console.print(f"[yellow]{name} was left out: it is not installed[/]")


def _times(measured: Sequence[Measured], title: str) -> Table:
    table = Table("", "median", "95th", "CPU", "fast", "start", "soon", "MB", title=title)
    for one in measured:
        row = (f"{one.median_ms:.0f} ms", f"{one.p95_ms:.0f}", f"{one.cpu_ms:.0f}")
        start = (_ratio(one.ratio), f"{one.start_s:.2f} s", _ratio(one.start_ratio))
        table.add_row(one.name, *row, *start, f"{one.memory_mb:.0f}")
    return table


def _names(measured: Sequence[Measured]) -> Table:
    table = Table("", "named", "no name", "wrong", "missed", "MB on disk")
    for one in measured:
        names = one.names
        right, missed = f"{names.right} of {names.enrolled}", f"{names.missed} of {names.faces}"
        counts = (right, str(names.unnamed), str(names.wrong), missed)
        table.add_row(one.name, *counts, f"{one.installed_mb:.0f}")
    return table


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}x"


if __name__ == "__main__":
    typer.run(main)
