"""Errors on the command line: one line on stderr, an exit code, no traceback."""

from __future__ import annotations

import os
from typing import Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from facecore.errors import ApiUnreachable, DeadlineExceeded, FaceCoreError, UnexpectedAnswer
from facecore.text import sanitize
from recognizer.domain.errors import RecognizerError

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
