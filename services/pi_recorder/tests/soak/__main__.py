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

from services.pi_recorder.tests.soak.account import Place
from services.pi_recorder.tests.soak.soak import Soaked, Told, soak

_console = Console(stderr=True, highlight=False)


def main(
    minutes: Annotated[float, typer.Option(envvar="SOAK_MINUTES", min=0.1)] = 10,
    seed: Annotated[int | None, typer.Option(envvar="SEED", help="Any, if none is given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the account as JSON.")] = False,
    keep: Annotated[Path | None, typer.Option(help="A new folder, left for a look.")] = None,
) -> None:
    """Kill, cut off and fill up a recorder, then account for every second that it filmed."""
    seed = random.randrange(2**32) if seed is None else seed
    _console.print(f"seed {seed}; {minutes:g} minutes")
    with tempfile.TemporaryDirectory(prefix="soak-") as scratch:
        folder = keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        soaked = _run(folder, seed, minutes * 60)
    if as_json:
        typer.echo(json.dumps(_facts(soaked, seed)))
    else:
        Console(highlight=False).print(_table(soaked, seed))
    for line in [*soaked.told.failures, *soaked.account.strange[:20]]:
        _console.print(line, style="red", markup=False)
    raise typer.Exit(0 if soaked.holds else 1)


def _run(folder: Path, seed: int, seconds: float) -> Soaked:
    columns = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
    with Progress(*columns, console=_console, disable=not _console.is_terminal) as bars:
        task = bars.add_task("soak", total=seconds)

        def tell(told: Told, passed: float) -> None:
            words = f"{told.kills} kills, {told.stops} stops"
            bars.update(task, completed=passed, description=words)

        return soak(folder, seed=seed, seconds=seconds, tell=tell)


def _table(soaked: Soaked, seed: int) -> Table:
    account, told = soaked.account, soaked.told
    table = Table(
        "", "seconds", "frames", show_edge=False, title=f"seed {seed}", title_justify="left"
    )
    for name in table.columns[1:]:
        name.justify = "right"
    table.add_row("filmed", f"{account.seconds():.2f}", f"{sum(account.frames.values())}")
    for place in Place:
        style = "red" if place is Place.NOWHERE and not account.adds_up else ""
        frames = f"{account.frames[place]}"
        table.add_row(str(place), f"{account.seconds(place):.2f}", frames, style=style)
    table.add_section()
    table.add_row("most that one kill cut off", f"{account.longest_cut_s:.2f}", "")
    table.add_row("kills", "", f"{told.kills}")
    table.add_row("stops", "", f"{told.stops}")
    table.add_row("requests that met a fault", "", f"{told.faults}")
    return table


def _facts(soaked: Soaked, seed: int) -> dict[str, object]:
    account, told = soaked.account, soaked.told
    return {
        "seed": seed,
        "holds": soaked.holds,
        "filmed_s": account.seconds(),
        **{f"{place.name.lower()}_s": account.seconds(place) for place in Place},
        "longest_cut_s": account.longest_cut_s,
        "kills": told.kills,
        "stops": told.stops,
        "faults": told.faults,
        "failures": [*told.failures, *account.strange],
    }


if __name__ == "__main__":
    typer.run(main)
