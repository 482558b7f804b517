"""Load the settings from all sources, check them, and explain each error with its fix.

Later sources override earlier ones: defaults, ``config.toml``, ``device.env``, systemd's
credentials, environment, command line.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydantic_settings
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import EnvSettingsSource

from facecore.contract.reasons import setting_reason
from pi_recorder.errors import SettingsError
from pi_recorder.settings.files import (
    CONFIG_VARIABLE,
    DEVICE,
    env_values,
    nearest,
    open_to_all,
    places,
    token_in,
    toml_values,
)
from pi_recorder.settings.schema import FIXES, FORMS, PREFIX, SECRETS, Settings

ENVIRONMENT, COMMAND, DEFAULT = "environment", "command line", "default"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings of this process.

    Attributes:
        origins: where each setting that is not a default was set, by its name.
        warnings: what works but should be corrected.
    """

    settings: Settings
    origins: Mapping[str, str]
    warnings: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Source:
    origin: str
    values: dict[str, Any]
    path: Path | None = None


def load_settings(config: Path | None = None, **given: Any) -> Settings:
    """Return only the settings; see ``load``."""
    return load(config, **given).settings


def load(config: Path | None = None, **given: Any) -> Loaded:
    """Load the settings from all sources.

    Args:
        config: the settings file, instead of the default ones.
        **given: settings by their names; those that are not None override all others.

    Raises:
        SettingsError: settings are wrong; each is named with its fix, never with its value.
    """
    sources = [*_sources(config, given)]
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for source in sources:
        found = _with_token(source)
        values |= found
        origins |= dict.fromkeys(found, source.origin)
    try:
        settings = Settings(**values)
    except ValidationError as error:
        wrong = (_explained(item, origins) for item in error.errors())
        raise SettingsError("\n".join([*wrong, *_closed(config)])) from None
    warnings = [*_open_secrets(sources), *_closed(config), *_unknown_variables()]
    return Loaded(settings, origins, warnings)


def _sources(config: Path | None, given: Mapping[str, Any]) -> Iterator[_Source]:
    """Yield all sources, the one with the lowest priority first."""
    found = places(config)
    credentials = Path(os.environ.get("CREDENTIALS_DIRECTORY", "/nonexistent"))
    if found.config:
        yield _Source(str(found.config), toml_values(found.config), found.config)
    # systemd gives the service a copy of device.env, because its user may not read the file.
    if (device := credentials / DEVICE).exists():
        yield _Source(f"systemd credential {DEVICE}", env_values(device))
    elif found.device and os.access(found.device, os.R_OK):
        yield _Source(str(found.device), env_values(found.device), found.device)
    if (token := credentials / "token").exists():
        yield _Source("systemd credential token", {"token_file": token})
    yield _Source(ENVIRONMENT, _environment())
    yield _Source(COMMAND, {name: value for name, value in given.items() if value is not None})


def _environment() -> dict[str, Any]:
    try:
        return EnvSettingsSource(Settings)()
    except pydantic_settings.SettingsError as error:
        raise SettingsError(f"environment: {error}; give it as JSON") from None


def _with_token(source: _Source) -> dict[str, Any]:
    """Return the source's values, with the token from its ``token_file``."""
    values = source.values
    if not values.get("token_file"):
        return values
    if values.get("token"):
        raise SettingsError(f"{source.origin}: both token and token_file are set; leave one out")
    return {**values, "token": token_in(Path(str(values["token_file"])).expanduser())}


def _closed(config: Path | None) -> Iterator[str]:
    """Yield a warning if this user may not read device.env, because its settings are missing."""
    device = places(config).device
    if device and not os.access(device, os.R_OK) and "CREDENTIALS_DIRECTORY" not in os.environ:
        yield f"{device}: this user may not read it, so it was left out; use sudo"


def _open_secrets(sources: Sequence[_Source]) -> Iterator[str]:
    """Yield a warning for each file with a secret that every user can read."""
    for source in sources:
        named = source.values.get("token_file")
        path = Path(str(named)).expanduser() if named else source.path
        if path and (named or SECRETS & source.values.keys()) and open_to_all(path):
            yield f"{path}: everybody on this machine can read its secret; chmod o= {path}"


def _unknown_variables() -> Iterator[str]:
    """Yield a warning for each variable with the settings' prefix that is no setting."""
    known = [CONFIG_VARIABLE, *(f"{PREFIX}{name.upper()}" for name in Settings.model_fields)]
    for name in os.environ:
        if name.startswith(PREFIX) and name not in known:
            yield f"environment: there is no setting {name}{nearest(name, known)}"


def _explained(detail: ErrorDetails, origins: Mapping[str, str]) -> str:
    name = str(detail["loc"][0]) if detail["loc"] else ""
    schema = Settings.model_json_schema()["properties"].get(name, {})
    why = setting_reason(detail, schema, FORMS)
    fix = f"; {FIXES[name]}" if name in FIXES else ""
    origin = origins.get(name, ENVIRONMENT)
    where = f"{PREFIX}{name.upper()}" if origin in (ENVIRONMENT, COMMAND) else f"{origin}: {name}"
    return f"{where}: {why}{fix}"
