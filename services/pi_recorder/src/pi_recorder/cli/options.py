"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Config = Annotated[
    Path | None,
    typer.Option(
        help="The settings file; without it PI_RECORDER_CONFIG, /etc/pi-recorder/config.toml, "
        "or the one in this user's configuration folder."
    ),
]
