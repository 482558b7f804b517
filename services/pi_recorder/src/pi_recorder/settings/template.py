"""Write a settings file that has every setting with its meaning and its default.

The text is generated from ``Settings`` and its docstring, so it is always up to date.
"""

from __future__ import annotations

import inspect
import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from pi_recorder.settings.schema import PREFIX, Settings

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
