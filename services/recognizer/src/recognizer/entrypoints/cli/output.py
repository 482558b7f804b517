"""Output of the commands: tables for people, JSON for programs, and one line for an error."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer
from pydantic import BaseModel, TypeAdapter
from rich.console import Console
from rich.table import Table
from rich.text import Text
from typer.core import TyperGroup

from facecore.contract import in_utc
from facecore.errors import ApiUnreachable, DeadlineExceeded, FaceCoreError, UnexpectedAnswer
from facecore.text import sanitize
from recognizer.domain.errors import RecognizerError

Limit = Annotated[
    int, typer.Option(min=1, max=1_000_000_000, help="Maximum number of entries, newest first.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def console() -> Console:
    """Return a console on standard output. Do not cache it: tests and pipes replace stdout."""
    return Console(highlight=False)


def say(text: str) -> None:
    """Print one sanitized line."""
    console().print(sanitize(text), markup=False, soft_wrap=True)


def json_of(model: BaseModel) -> None:
    """Print a model as an object."""
    typer.echo(model.model_dump_json(indent=2))


def json_list(models: Iterable[BaseModel]) -> None:
    """Print models as a list."""
    typer.echo(json_text(list(models)))


def json_text(value: object) -> str:
    """Return dataclasses, models, lists and mappings as JSON."""
    return TypeAdapter(object).dump_json(value, indent=2, serialize_as_any=True).decode()


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """Print rows below their headings, or ``empty`` when there are none."""
    shown = Table(*headings)
    for row in rows:
        shown.add_row(*(Text(_cell(value), overflow="fold") for value in row))
    if shown.row_count:
        console().print(shown)
    else:
        say(empty)


def counted(number: int, one: str, several: str = "") -> str:
    """Return the number with its noun, such as ``1 photo`` or ``2 photos``."""
    return f"{number} {one if number == 1 else several or one + 's'}"


def outdated(photos: int) -> str:
    """Return the sentence that so many photos were embedded by another model."""
    verbs = (
        "was embedded by another model and is"
        if photos == 1
        else ("were embedded by another model and are")
    )
    return f"{counted(photos, 'photo')} {verbs} not compared"


def attributes(values: Mapping[str, object]) -> str:
    """Return attributes on one line."""
    return ", ".join(f"{key}={value}" for key, value in values.items())


def _cell(value: object) -> str:
    match value:
        case None:
            return "-"
        case datetime():
            return value.astimezone().isoformat(sep=" ", timespec="seconds")
        case float():
            return f"{value:.3f}"
        case _:
            return sanitize(str(value))


def _parse_time(text: str) -> datetime:
    try:
        return in_utc(datetime.fromisoformat(text))
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is no time; write 2026-01-31, 2026-01-31T08:30 (this machine's time zone) "
            "or 2026-01-31T08:30:00Z, with a year from 1970 to 2999"
        ) from error


TimeOption = Annotated[datetime | None, typer.Option(parser=_parse_time, metavar="TIME")]


# Errors on the command line: one line on stderr, an exit code, no traceback.


REFUSED, USAGE, UNREACHABLE = 1, 2, 3


class InputRefused(Exception):
    """An argument, or a file that it names, can't be used."""


class CommandIncomplete(Exception):
    """An address or a token is missing or can't be used."""


_EXIT_CODES: tuple[tuple[type[Exception], int], ...] = (
    (ApiUnreachable, UNREACHABLE),
    (DeadlineExceeded, UNREACHABLE),
    (UnexpectedAnswer, UNREACHABLE),
    (CommandIncomplete, USAGE),
    (FaceCoreError, REFUSED),
    (RecognizerError, REFUSED),
    (InputRefused, REFUSED),
    (OSError, REFUSED),
)
"""The first matching row applies. Any other error is a defect and keeps its traceback."""


class Commands(TyperGroup):
    """The root group. It turns the errors of the table into a line and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except tuple(kind for kind, _ in _EXIT_CODES) as error:
            code = next(code for kind, code in _EXIT_CODES if isinstance(error, kind))
            say_error(_message(error))
            raise typer.Exit(code) from None


def _message(error: Exception) -> str:
    """Return the error's message; for an error of the operating system, the file and reason."""
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{os.fsdecode(error.filename)}: {error.strerror}"
    return str(error)


def say_error(message: str) -> None:
    """Print an error as one sanitized line on stderr."""
    line = Console(stderr=True)
    line.print("[bold red]error:[/]", end=" ")
    line.print(sanitize(message), markup=False, highlight=False, soft_wrap=True)


def warn(message: str) -> None:
    """Print a warning as one sanitized line on stderr."""
    line = Console(stderr=True)
    line.print("[bold yellow]warning:[/]", end=" ")
    line.print(sanitize(message), markup=False, highlight=False, soft_wrap=True)
