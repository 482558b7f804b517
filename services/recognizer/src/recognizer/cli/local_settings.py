"""The server's settings, for the commands that work on its machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recognizer.cli.failures import InputRefused
from recognizer.errors import SettingsInvalid
from recognizer.settings import Settings, load_settings

DataDir = Annotated[
    Path | None,
    typer.Option(help="The data folder; without it RECOGNIZER_DATA_DIR, else this user's own."),
]


def settings_for(data_dir: Path | None) -> Settings:
    """Read the environment's settings, with the data folder given. Raises ``SettingsInvalid``."""
    settings = load_settings()
    if data_dir is None:
        return settings
    if settings.store != "local":
        raise SettingsInvalid(
            f"--data-dir is a folder of the local store, but RECOGNIZER_STORE is {settings.store}; "
            "leave one of the two out"
        )
    return settings.model_copy(update={"data_dir": data_dir})


def settings_of_existing(data_dir: Path | None) -> Settings:
    """Read the settings of a store that is there; a local one is not made anew.

    Raises:
        SettingsInvalid: a setting can't be used.
        InputRefused: there is no data folder.

    """
    # Here, for the package loads every adapter of the local store.
    from recognizer.stores.local.folder import DataFolder  # noqa: PLC0415 - see the line above

    settings = settings_for(data_dir)
    folder = DataFolder(settings.data_dir)
    if settings.store == "local" and not (folder.has_database() or folder.is_in_use()):
        raise InputRefused(
            f"there is no data folder at {folder.root}; name the server's own with --data-dir or "
            "RECOGNIZER_DATA_DIR (`recognizer serve` makes one)"
        )
    return settings


def folder_of(settings: Settings) -> Path | None:
    """Where a token's data lie on this disk; none when they lie in AWS."""
    return settings.data_dir if settings.store == "local" else None
