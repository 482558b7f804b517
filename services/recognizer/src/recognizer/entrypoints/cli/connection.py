"""The server that a command addresses, and the token for it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import SecretStr

from recognizer.domain.errors import SettingsInvalid
from recognizer.entrypoints.cli import credentials
from recognizer.entrypoints.cli.output import CommandIncomplete, InputRefused
from recognizer.settings import Settings, load_settings

if TYPE_CHECKING:
    from facecore.client import RecognizerClient


DEFAULT_URL = "http://127.0.0.1:8000"
_DEADLINE_S = 30.0
"""Longer than the recorder's, since an enrolment waits for a busy machine."""


@dataclass(frozen=True, slots=True)
class Connection:
    """The server that the options name."""

    url: str
    token_file: Path | None

    def token(self) -> SecretStr | None:
        """Return the token from the file given, the environment or this user's credentials.

        Raises:
            InputRefused: the file can't be read.

        """
        if self.token_file:
            return SecretStr(_token_in(self.token_file))
        if value := os.environ.get("RECOGNIZER_TOKEN", "").strip():
            return SecretStr(value)
        return credentials.find(self.url)

    def open(self, token: SecretStr | None) -> RecognizerClient:
        """Open a client.

        Raises:
            CommandIncomplete: the address or the token can't be used.

        """
        from facecore.client import RecognizerClient  # noqa: PLC0415 - `serve` needs no httpx

        try:
            return RecognizerClient(self.url, token, deadline_s=_DEADLINE_S)
        except ValueError as error:
            raise CommandIncomplete(f"--url or token: {error}") from None


def _token_in(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        problem = "there is no such file"
    except OSError as error:
        problem = f"it can't be read: {error.strerror}"
    except UnicodeDecodeError:
        problem = "it is not text"
    raise InputRefused(f"--token-file {path}: {problem}")


def connection(context: typer.Context) -> Connection:
    """Return the connection that the root command's options describe."""
    found = context.obj
    if not isinstance(found, Connection):
        raise TypeError("the root command keeps a Connection")
    return found


def admin(context: typer.Context) -> RecognizerClient:
    """Open a client with the admin's token.

    Raises:
        CommandIncomplete: there is no token for this server, or it can't be used.

    """
    server = connection(context)
    token = server.token()
    if token is None:
        raise CommandIncomplete(
            f"no token for {server.url}: set RECOGNIZER_TOKEN, give --token-file, "
            "or make one with `recognizer admin-token` on the server's machine"
        )
    return server.open(token)


DataDir = Annotated[
    Path | None,
    typer.Option(
        help="The data folder; by default RECOGNIZER_DATA_DIR, or else this user's data folder."
    ),
]


def settings_for(data_dir: Path | None) -> Settings:
    """Read the environment's settings, with the data folder given. Raises ``SettingsInvalid``."""
    settings = load_settings()
    if data_dir is None:
        return settings
    if settings.store != "local":
        raise SettingsInvalid(
            f"--data-dir is for the local store, but RECOGNIZER_STORE is {settings.store}; "
            "leave one of the two out"
        )
    return settings.model_copy(update={"data_dir": data_dir})


def settings_of_existing(data_dir: Path | None) -> Settings:
    """Read the settings of an existing store. A local one is not created.

    Raises:
        SettingsInvalid: a setting can't be used.
        InputRefused: there is no data folder.

    """
    # Imported here, since the package loads every adapter of the local store.
    from recognizer.adapters.sqlite.folder import DataFolder  # noqa: PLC0415 - see the line above

    settings = settings_for(data_dir)
    folder = DataFolder(settings.data_dir)
    if settings.store == "local" and not (folder.has_database() or folder.is_in_use()):
        raise InputRefused(
            f"there is no data folder at {folder.root}; name the server's own with --data-dir or "
            "RECOGNIZER_DATA_DIR (`recognizer serve` makes one)"
        )
    return settings


def folder_of(settings: Settings) -> Path | None:
    """Return the data folder that a token belongs to; none if the data is in AWS."""
    return settings.data_dir if settings.store == "local" else None
