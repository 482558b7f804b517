"""The ``facecore`` command: models and sample pictures.

Exit codes: 0 success, 1 a model or picture is not usable, 2 the command is not valid.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.table import Table

from facecore import samples
from facecore.cache import Progress, Stage, Step
from facecore.errors import ModelError, ModelUnknown
from facecore.models import Model, catalogue, store

app = typer.Typer(no_args_is_help=True, help="Models and sample pictures of facecore.")
models_app = typer.Typer(no_args_is_help=True, help="The models that find and compare faces.")
samples_app = typer.Typer(no_args_is_help=True, help="Public-domain pictures of faces.")
app.add_typer(models_app, name="models")
app.add_typer(samples_app, name="samples")

out = Console()
err = Console(stderr=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Names = Annotated[list[str] | None, typer.Argument(help="Names of models; see `list`.")]


@models_app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """List the models: their names and licences, the defaults, and those on this machine."""
    rows = [_Row.of(model) for model in catalogue.MODELS]
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in rows], indent=2))
        return
    table = Table("name", "id", "licence", "download", "here", box=None, padding=(0, 2, 0, 0))
    for row in rows:
        size = f"{row.download_bytes / 1e6:.1f} MB"
        name, here = f"{row.name}{' *' if row.default else ''}", "yes" if row.cached else "no"
        table.add_row(name, row.id, row.licence, size, here)
    table.caption, table.caption_justify = "* used by default", "left"
    out.print(table)


@models_app.command()
def fetch(names: Names = None) -> None:
    """Fetch and build models. Without names: the models of the default analyzer."""
    with _explained():
        for model in _named(names) or catalogue.DEFAULTS:
            cached = not store.problems(model, full=True)
            with _shown() as progress:
                path = store.ensure(model, progress=progress, full=True)
            typer.echo(f"{model.name}: {'already in' if cached else 'built in'} {path}")


@models_app.command()
def verify(names: Names = None, as_json: AsJson = False) -> None:
    """Hash every file of the models. Without names: the defaults and all others here."""
    with _explained():
        chosen = _named(names) or [
            model
            for model in catalogue.MODELS
            if model in catalogue.DEFAULTS or store.model_path(model).exists()
        ]
    found = {model.name: store.problems(model, full=True) for model in chosen}
    ok = not any(found.values())
    if as_json:
        typer.echo(json.dumps({"ok": ok, "problems": found}, indent=2))
    else:
        for name, problems in found.items():
            typer.echo(f"{name}: {'; '.join(problems) or 'intact'}")
    if not ok:
        err.print("error: run `facecore models fetch` to repair the models", highlight=False)
        raise typer.Exit(1)


@samples_app.command("fetch")
def fetch_samples(as_json: AsJson = False) -> None:
    """Fetch the sample pictures, and print where they are."""
    with _explained(), _shown() as progress:
        paths = samples.ensure(progress=progress)
    if as_json:
        typer.echo(json.dumps({name: str(path) for name, path in paths.items()}, indent=2))
        return
    table = Table("name", "person", "view", "shows", "source")
    for sample in samples.SAMPLES:
        table.add_row(sample.name, sample.person, sample.view, sample.shows, sample.source)
    out.print(table)
    for name, path in paths.items():
        typer.echo(f"{name}: {path}")


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    id: str
    licence: str
    download_bytes: int
    cached: bool
    default: bool

    @classmethod
    def of(cls, model: Model) -> _Row:
        return cls(
            name=model.name,
            id=model.id,
            licence=model.licence,
            download_bytes=model.package.size,
            cached=not store.problems(model),
            default=model in catalogue.DEFAULTS,
        )


def _named(names: list[str] | None) -> list[Model]:
    return [catalogue.find(name) for name in names or []]


@contextmanager
def _explained() -> Iterator[None]:
    """Print a model error's message and exit with its code."""
    try:
        yield
    except ModelError as error:
        err.print(f"error: {error}", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(2 if isinstance(error, ModelUnknown) else 1) from error


@contextmanager
def _shown() -> Iterator[Progress]:
    """Yield a progress callback: bars on a terminal, otherwise one line for each stage."""
    if not err.is_terminal:
        yield _print_stages()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Bars(*columns, TimeRemainingColumn(), console=err, transient=True) as bars:
        shown: dict[Stage, TaskID] = {}

        def draw(step: Step) -> None:
            if step.stage not in shown:
                for task in shown.values():
                    bars.remove_task(task)
                shown.clear()
                description = f"{step.name}: {_describe(step.stage)}"
                shown[step.stage] = bars.add_task(description, total=step.total or None)
            bars.update(shown[step.stage], completed=step.done, total=step.total or None)

        yield draw


def _print_stages() -> Progress:
    printed: set[tuple[str, Stage]] = set()

    def print_stage(step: Step) -> None:
        if step.stage != "ready" and (step.name, step.stage) not in printed:
            printed.add((step.name, step.stage))
            err.print(f"{step.name}: {_describe(step.stage)} …", highlight=False)

    return print_stage


def _describe(stage: Stage) -> str:
    return "waiting for another process that fetches it" if stage == "waiting" else stage
