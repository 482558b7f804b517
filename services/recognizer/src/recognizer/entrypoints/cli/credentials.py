"""Stores this user's admin tokens, as cloud command lines do.

One JSON file, readable by its owner alone: ``$RECOGNIZER_CREDENTIALS``, else
``credentials.json`` in the user's configuration folder. It is replaced as a whole, so a reader
sees the old file or the new one.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from filelock import FileLock
from platformdirs import user_config_path
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError, field_serializer

from recognizer.entrypoints.cli.output import InputRefused


class Credential(BaseModel):
    """The token of the server at ``url``; ``data_dir`` is none if its data is in AWS."""

    model_config = ConfigDict(frozen=True)

    url: str
    data_dir: Path | None
    token: SecretStr

    @field_serializer("token", when_used="json")
    def _written(self, token: SecretStr) -> str:
        return token.get_secret_value()


class _File(BaseModel):
    model_config = ConfigDict(frozen=True)

    credentials: list[Credential] = []


def path() -> Path:
    """Return the path of the credentials file."""
    given = os.environ.get("RECOGNIZER_CREDENTIALS")
    return Path(given) if given else user_config_path("recognizer") / "credentials.json"


def find(url: str) -> SecretStr | None:
    """Return the token kept for the server at ``url``, or none.

    Raises:
        InputRefused: the file is damaged.

    """
    wanted = _normalized(url)
    return next((c.token for c in _read().credentials if c.url == wanted), None)


def keep(url: str, data_dir: Path | None, token: SecretStr) -> Path:
    """Keep a new token of ``data_dir``. It replaces any token of that folder or URL."""
    new = Credential(url=_normalized(url), data_dir=data_dir and data_dir.absolute(), token=token)
    with _locked():
        others = [known for known in _read().credentials if not _replaces(new, known)]
        _write([*others, new])
    return path()


def move(url: str, data_dir: Path) -> None:
    """Record that the server of ``data_dir`` now answers at ``url``, if its token is kept."""
    known = next((c for c in _read().credentials if c.data_dir == data_dir.absolute()), None)
    if known and known.url != _normalized(url):
        keep(url, data_dir, known.token)


def _replaces(new: Credential, known: Credential) -> bool:
    same_folder = new.data_dir is not None and new.data_dir == known.data_dir
    return same_folder or new.url == known.url


def _normalized(url: str) -> str:
    """Return one spelling for all loopback URLs."""
    return url.rstrip("/").replace("//localhost", "//127.0.0.1").replace("//[::1]", "//127.0.0.1")


def _read() -> _File:
    try:
        return _File.model_validate_json(path().read_bytes())
    except FileNotFoundError:
        return _File()
    except ValidationError:
        problem = f"{path()} is damaged; delete it and run `recognizer admin-token`"
    raise InputRefused(problem)


def _locked() -> FileLock:
    path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return FileLock(path().with_suffix(".lock"), mode=0o600)


def _write(credentials: list[Credential]) -> None:
    text = _File(credentials=credentials).model_dump_json(indent=2)
    descriptor, name = tempfile.mkstemp(dir=path().parent, prefix=".credentials-")  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def open_new_file(
    path: Path | None, *, encoding: str = "utf-8", newline: str | None = None
) -> Iterator[TextIO]:
    """Open a new file that only its owner can read, for secrets and personal data.

    Create it before the secret exists, and delete it if the block fails. Without a path, yield
    standard output. Raise ``InputRefused`` if the file exists or can't be created.
    """
    if path is None:
        yield sys.stdout
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InputRefused(f"{path} already exists; give a new name") from None
    except FileNotFoundError:
        raise InputRefused(f"{path} can't be created: there is no folder {path.parent}") from None
    except OSError as error:
        raise InputRefused(f"{path} can't be created: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "w", encoding=encoding, newline=newline) as file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise
