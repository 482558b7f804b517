"""Draws the making of the demo clip, on the error output and only where somebody looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn
from rich.progress import Progress as Bars

from facecore.progress import Progress, Step


@contextmanager
def shown(console: Console) -> Iterator[Progress]:
    """A bar for each thing that is fetched or made."""
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn()
    with Bars(*columns, console=console, disable=not console.is_terminal) as bars:
        tasks = {}

        def show(step: Step) -> None:
            if step.stage == "ready" and step.name not in tasks:
                return  # it was there already
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
