"""``make soak``: exit code 0 when every frame is accounted for, 1 when not."""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from services.pi_recorder.tests.soak.reconciliation import Place
from services.pi_recorder.tests.soak.soak import SoakProgress, SoakResult, soak

_console = Console(stderr=True, highlight=False)


def main(
    minutes: Annotated[float, typer.Option(envvar="SOAK_MINUTES", min=0.1)] = 10,
    seed: Annotated[int | None, typer.Option(envvar="SEED", help="Any, if none is given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the account as JSON.")] = False,
    keep: Annotated[
        Path | None, typer.Option(help="A new folder, which is kept for inspection.")
    ] = None,
) -> None:
    """Inject kills, outages and a full disk, then account for every second that was filmed."""
    seed = random.randrange(2**32) if seed is None else seed
    _console.print(f"seed {seed}; {minutes:g} minutes")
    with tempfile.TemporaryDirectory(prefix="soak-") as scratch:
        folder = keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        result = _run(folder, seed, minutes * 60)
    if as_json:
        typer.echo(json.dumps(_facts(result, seed)))
    else:
        Console(highlight=False).print(_table(result, seed))
    for line in [*result.progress.failures, *result.reconciliation.inconsistencies[:20]]:
        _console.print(line, style="red", markup=False)
    raise typer.Exit(0 if result.holds else 1)


def _run(folder: Path, seed: int, seconds: float) -> SoakResult:
    columns = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
    with Progress(*columns, console=_console, disable=not _console.is_terminal) as bars:
        task = bars.add_task("soak", total=seconds)

        def on_progress(progress: SoakProgress, passed: float) -> None:
            words = f"{progress.kills} kills, {progress.stops} stops"
            bars.update(task, completed=passed, description=words)

        return soak(folder, seed=seed, seconds=seconds, on_progress=on_progress)


def _table(result: SoakResult, seed: int) -> Table:
    found, progress = result.reconciliation, result.progress
    table = Table(
        "", "seconds", "frames", show_edge=False, title=f"seed {seed}", title_justify="left"
    )
    for name in table.columns[1:]:
        name.justify = "right"
    table.add_row("filmed", f"{found.seconds():.2f}", f"{sum(found.frames.values())}")
    for place in Place:
        style = "red" if place is Place.NOWHERE and not found.adds_up else ""
        frames = f"{found.frames[place]}"
        table.add_row(str(place), f"{found.seconds(place):.2f}", frames, style=style)
    table.add_section()
    table.add_row("most that one kill cut off", f"{found.longest_cut_s:.2f}", "")
    table.add_row("kills", "", f"{progress.kills}")
    table.add_row("stops", "", f"{progress.stops}")
    table.add_row("requests that met a fault", "", f"{progress.faults}")
    return table


def _facts(result: SoakResult, seed: int) -> dict[str, object]:
    found, progress = result.reconciliation, result.progress
    return {
        "seed": seed,
        "holds": result.holds,
        "filmed_s": found.seconds(),
        **{f"{place.name.lower()}_s": found.seconds(place) for place in Place},
        "longest_cut_s": found.longest_cut_s,
        "kills": progress.kills,
        "stops": progress.stops,
        "faults": progress.faults,
        "failures": [*progress.failures, *found.inconsistencies],
    }


if __name__ == "__main__":
    typer.run(main)
