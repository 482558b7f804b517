"""``pi-recorder config``: show the settings, check them, and write a settings file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr, TypeAdapter
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pi_recorder.cli.error_output import FAILED, AsJson, Config, explained, fail, warn
from pi_recorder.errors import SettingsError
from pi_recorder.settings.files import CONFIG, SYSTEM_FOLDER, nearest, template, user_folder
from pi_recorder.settings.loading import DEFAULT, Loaded, load
from pi_recorder.settings.schema import SECRETS, Settings

app = typer.Typer(
    no_args_is_help=True, help="Show and check the settings, and write a settings file."
)
_HIDDEN = "********"


@dataclass(frozen=True, slots=True)
class Shown:
    """A setting as it is shown, without secrets."""

    name: str
    value: str | bool | int | float | None
    origin: str


@app.command(epilog="Exit codes: 0 shown, 2 a setting is wrong.")
def show(config: Config = None, as_json: AsJson = False) -> None:
    """Print every setting and its source."""
    with explained():
        loaded = load(config)
    rows = [*_shown(loaded)]
    if as_json:
        typer.echo(TypeAdapter(list[Shown]).dump_json(rows, indent=2).decode())
        return
    table = Table("setting", "value", "from")
    for row in rows:
        style = "dim" if row.origin == DEFAULT else ""
        value = "-" if row.value is None else str(row.value)
        table.add_row(
            *(Text(cell, style, overflow="fold") for cell in (row.name, value, row.origin))
        )
    Console(highlight=False).print(table)


@app.command(epilog="Exit codes: 0 all settings are valid, 2 a setting is wrong.")
def check(config: Config = None) -> None:
    """Check the settings, and explain what is wrong."""
    with explained():
        loaded = load(config)
    warn(loaded.warnings)
    typer.echo("all settings are valid")


@app.command(epilog="Exit codes: 0 written, 1 not written, 2 a setting is wrong.")
def init(
    path: Annotated[
        Path | None,
        typer.Argument(help="The file to write; without it, the default settings file."),
    ] = None,
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="A setting NAME=VALUE to write into the file.")
    ] = None,
) -> None:
    """Write a settings file with every setting and its default, as comments."""
    place = path or (SYSTEM_FOLDER if os.geteuid() == 0 else user_folder()) / CONFIG
    with explained():
        text = template(_given(setting or []))
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            with place.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            fail(f"{place} exists already and was not changed")
            raise typer.Exit(FAILED) from None
    typer.echo(f"written: {place}")


def _shown(loaded: Loaded) -> Iterator[Shown]:
    for name in Settings.model_fields:
        value = getattr(loaded.settings, name)
        match value:
            case SecretStr():
                value = _HIDDEN
            case None | bool() | float():
                pass
            case int():
                value = int(value)  # also of a size in bytes
            case tuple():
                value = ",".join(value)
            case _:
                value = re.sub(r"//[^/@\s]+@", f"//{_HIDDEN}@", str(value))
        yield Shown(name, value, loaded.origins.get(name, DEFAULT))


def _given(settings: list[str]) -> dict[str, object]:
    """Parse ``NAME=VALUE`` into values of the settings' types. Raises ``SettingsError``."""
    texts = dict(setting.partition("=")[::2] for setting in settings)
    for name in texts:
        if name not in Settings.model_fields or name in SECRETS:
            known = Settings.model_fields.keys() - SECRETS
            raise SettingsError(f"--set: {name!r} can't be set there{nearest(name, known)}")
    checked = load(None, token="-", **texts).settings  # noqa: S106 - a placeholder
    return {name: getattr(checked, name) for name in texts}
