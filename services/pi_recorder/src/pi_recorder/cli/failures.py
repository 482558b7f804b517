"""Errors on the command line: a line each on the error output, and an exit code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from facecore.errors import FaceCoreError
from pi_recorder.errors import RecorderError, SettingsError

errors = Console(stderr=True, highlight=False)

FAILED, USAGE = 1, 2


@contextmanager
def explained() -> Iterator[None]:
    """Turns what was raised on purpose into a line and an exit code."""
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
    """Prints what went wrong."""
    errors.print(message, style="red", markup=False, soft_wrap=True)


def warn(messages: Iterable[str]) -> None:
    """Prints what should be mended, a line each."""
    for message in messages:
        errors.print(f"warning: {message}", style="yellow", markup=False, soft_wrap=True)
