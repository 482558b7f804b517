"""Writes the settings file that holds every setting with its meaning and its default.

It is made from ``Settings`` and its docstring, so it can't fall behind them.
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
# Settings of pi-recorder. A line that begins with '#' shows a default; take the '#' away to change
# it. In the environment the names are these in capitals, after {PREFIX}, and come first.
# Secrets belong into device.env beside this file, as `recognizer devices add NAME` prints them.
# `pi-recorder config check` says whether all is right.
"""
_WIDTH = 96


def template(given: Mapping[str, Any] | None = None) -> str:
    """The file's text; what is ``given`` is in force, everything else a comment."""
    meanings = meanings_of_settings()
    parts = (
        [*_comment(meanings[name]), _line(name, field, given or {})]
        for name, field in Settings.model_fields.items()
    )
    return "\n".join([_HEAD, *("\n".join(part) + "\n" for part in parts)])


def meanings_of_settings() -> dict[str, str]:
    """What the docstring of ``Settings`` says of each, by name."""
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
    """As TOML writes it; a JSON string, number, truth value or list is one."""
    if isinstance(value, SecretStr):
        raise TypeError("a secret has no default")
    plain = value if isinstance(value, bool | int | float | list | tuple) else str(value)
    return json.dumps(plain)
