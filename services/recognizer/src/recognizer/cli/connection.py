"""Which server is meant, and the token for it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from pydantic import SecretStr

from recognizer.cli import credentials
from recognizer.cli.failures import CommandIncomplete, InputRefused

if TYPE_CHECKING:
    from facecore.client import RecognizerClient

DEFAULT_URL = "http://127.0.0.1:8000"
_DEADLINE_S = 30.0
"""Longer than the recorder's, for an enrolment waits for a busy machine."""


@dataclass(frozen=True, slots=True)
class Connection:
    """What the options say of the server."""

    url: str
    token_file: Path | None

    def token(self) -> SecretStr | None:
        """The token from the file given, the environment or this user's credentials.

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
    """The options that stand before the command."""
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
