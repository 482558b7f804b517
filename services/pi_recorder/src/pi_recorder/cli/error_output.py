"""Shared parts of all commands: options, exit codes, and the error output with its progress."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn
from rich.progress import Progress as Bars

from facecore.cache import Progress, Step
from facecore.errors import FaceCoreError
from pi_recorder.errors import RecorderError, SettingsError

errors = Console(stderr=True, highlight=False)

FAILED, USAGE = 1, 2

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Config = Annotated[
    Path | None,
    typer.Option(
        help="The settings file; without it PI_RECORDER_CONFIG, /etc/pi-recorder/config.toml, "
        "or the one in this user's configuration folder."
    ),
]


@contextmanager
def explained() -> Iterator[None]:
    """Turn expected errors into a message and an exit code."""
    try:
        yield
    except SettingsError as error:
        fail(str(error))
        raise typer.Exit(USAGE) from None
    except (RecorderError, FaceCoreError) as error:
        fail(str(error))
        raise typer.Exit(FAILED) from None
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        raise typer.Exit(FAILED) from None


def fail(message: str) -> None:
    """Print an error."""
    errors.print(message, style="red", markup=False, soft_wrap=True)


def warn(messages: Iterable[str]) -> None:
    """Print warnings, one a line."""
    for message in messages:
        errors.print(f"warning: {message}", style="yellow", markup=False, soft_wrap=True)


@contextmanager
def shown(console: Console) -> Iterator[Progress]:
    """Show a progress bar for each thing that is fetched or made."""
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn()
    with Bars(*columns, console=console, disable=not console.is_terminal) as bars:
        tasks = {}

        def show(step: Step) -> None:
            if step.stage == "ready" and step.name not in tasks:
                return  # it was ready before
            if step.name not in tasks:
                tasks[step.name] = bars.add_task(step.name, total=None)
            done, total = (1, 1) if step.stage == "ready" else (step.done, step.total or None)
            bars.update(
                tasks[step.name],
                description=f"{step.name}: {step.stage}",
                completed=done,
                total=total,
            )

        yield show
