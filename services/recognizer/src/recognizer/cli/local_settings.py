"""The server's settings, for the commands that work on its machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recognizer.settings import Settings, load_settings

DataDir = Annotated[
    Path | None,
    typer.Option(help="The data folder; without it RECOGNIZER_DATA_DIR, else this user's own."),
]


def settings_for(data_dir: Path | None) -> Settings:
    """Read the environment's settings, with the data folder given. Raises ``SettingsInvalid``."""
    settings = load_settings()
    return settings.model_copy(update={"data_dir": data_dir}) if data_dir else settings
