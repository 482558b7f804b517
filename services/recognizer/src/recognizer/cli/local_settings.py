"""The server's settings, for the commands that work on its machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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


def folder_of(settings: Settings) -> Path | None:
    """Where a token's data lie on this disk; none when they lie in AWS."""
    return settings.data_dir if settings.store == "local" else None
