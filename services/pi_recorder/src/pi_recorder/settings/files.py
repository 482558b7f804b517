"""Find, read and write the settings files.

One folder holds them: ``config.toml`` has every setting, under its plain name; ``device.env`` has
the environment variables that ``recognizer devices add NAME`` prints. Either may be missing. A new
file's text is generated from ``Settings`` and its docstring, so it is always up to date.
"""

from __future__ import annotations

import difflib
import inspect
import json
import os
import re
import stat
import textwrap
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import platformdirs
from dotenv.parser import Binding, parse_stream
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import DotEnvSettingsSource

from pi_recorder.errors import SettingsError
from pi_recorder.settings.schema import PREFIX, Settings

CONFIG, DEVICE = "config.toml", "device.env"
SYSTEM_FOLDER = Path("/etc/pi-recorder")
CONFIG_VARIABLE = f"{PREFIX}CONFIG"


@dataclass(frozen=True, slots=True)
class SettingsFiles:
    """The paths of the settings files; None for a file that does not exist."""

    config: Path | None
    device: Path | None


def places(config: Path | None) -> SettingsFiles:
    """Return the settings files of this process.

    Args:
        config: a settings file that must exist. Without it, and without ``PI_RECORDER_CONFIG``,
            /etc/pi-recorder comes first, then the user's own folder.
    """
    named = config or _named_in_environment()
    if named:
        return SettingsFiles(named, _if_there(named.parent / DEVICE))
    for folder in (SYSTEM_FOLDER, user_folder()):
        found = SettingsFiles(_if_there(folder / CONFIG), _if_there(folder / DEVICE))
        if found.config or found.device:
            return found
    return SettingsFiles(None, None)


def user_folder() -> Path:
    """Return the folder of this user's own settings."""
    return platformdirs.user_config_path("pi-recorder")


def toml_values(path: Path) -> dict[str, object]:
    """Read ``config.toml``. Raises ``SettingsError``."""
    try:
        values = tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{path}: not TOML: {error}; write `name = value`, a line each"
        ) from None
    _refuse_unknown(path, values)
    return values


def env_values(path: Path) -> dict[str, object]:
    """Read ``device.env``, keyed by setting. Raises ``SettingsError``."""
    lines = [line for line in parse_stream(StringIO(_text(path))) if line.key or line.error]
    _refuse_unknown(path, [_variable(path, line) for line in lines], PREFIX)
    return DotEnvSettingsSource(Settings, env_file=path)()


def token_in(path: Path) -> str:
    """Read a file that contains only a token. Raises ``SettingsError``."""
    return _text(path).strip()


def open_to_all(path: Path) -> bool:
    """Return whether every user of this machine can read the file, or even change it."""
    return bool(path.stat().st_mode & stat.S_IRWXO)


def nearest(name: str, names: Iterable[str]) -> str:
    """Return ``; did you mean …?`` with the nearest name, or an empty text if none is near."""
    near = difflib.get_close_matches(name, list(names), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _named_in_environment() -> Path | None:
    named = os.environ.get(CONFIG_VARIABLE)
    return Path(named).expanduser() if named else None


def _if_there(path: Path) -> Path | None:
    return path if path.exists() else None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        problem = "there is no such file; `pi-recorder config init` writes one"
    except PermissionError:
        problem = "this user may not read it; use sudo, or become its owner"
    except (OSError, UnicodeDecodeError) as error:
        problem = f"can't be read: {error}"
    raise SettingsError(f"{path}: {problem}")


def _variable(path: Path, line: Binding) -> str:
    if line.error or not line.key or line.value is None:
        raise SettingsError(f"{path}: line {line.original.line} is not NAME=value")
    return line.key


def _refuse_unknown(path: Path, given: Iterable[str], prefix: str = "") -> None:
    names = [f"{prefix}{name.upper()}" if prefix else name for name in Settings.model_fields]
    unknown = [
        f"{path}: there is no setting {name}{nearest(name, names)}"
        for name in given
        if name not in names
    ]
    if unknown:
        raise SettingsError("\n".join(unknown))


_HEAD = f"""\
# Settings of pi-recorder. A line that begins with '#' shows a default; remove the '#' to change
# it. An environment variable with the name in capitals after {PREFIX} overrides a setting.
# Secrets belong in device.env beside this file, as `recognizer devices add NAME` prints them.
# `pi-recorder config check` checks all settings.
"""
_WIDTH = 96


def template(given: Mapping[str, Any] | None = None) -> str:
    """Return the file's text; settings in ``given`` are set, all others are comments."""
    meanings = meanings_of_settings()
    parts = (
        [*_comment(meanings[name]), _line(name, field, given or {})]
        for name, field in Settings.model_fields.items()
    )
    return "\n".join([_HEAD, *("\n".join(part) + "\n" for part in parts)])


def meanings_of_settings() -> dict[str, str]:
    """Return each setting's meaning by its name, from the docstring of ``Settings``."""
    text = (inspect.getdoc(Settings) or "").partition("Attributes:\n")[2]
    found = re.findall(r"^    (\w+(?:, \w+)*): (.+(?:\n {8}.+)*)", text, re.MULTILINE)
    return {
        name: " ".join(meaning.split()) for names, meaning in found for name in names.split(", ")
    }


def _comment(meaning: str) -> Iterator[str]:
    for line in textwrap.wrap(meaning[:1].upper() + meaning[1:], _WIDTH):
        yield f"# {line}"


def _line(name: str, field: FieldInfo, given: Mapping[str, Any]) -> str:
    if name in given:
        return f"{name} = {_toml(given[name])}"
    default = field.get_default(call_default_factory=True, validated_data={})
    if field.is_required() or default is None:
        return f"# {name} =   # no default"
    return f"# {name} = {_toml(default)}"


def _toml(value: object) -> str:
    """Format a value for TOML; JSON's strings, numbers, booleans and lists are valid TOML."""
    if isinstance(value, SecretStr):
        raise TypeError("a secret has no default")
    plain = value if isinstance(value, bool | int | float | list | tuple) else str(value)
    return json.dumps(plain)
