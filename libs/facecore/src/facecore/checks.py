"""Checks of the command ``doctor``, which the recognizer and the recorder share."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rich.text import Text

from facecore.text import sanitize

_LITTLE_BYTES, _SCARCE_BYTES = 5 * 10**9, 5 * 10**8
"""Free space: below the first there is a warning, below the second a failure. A segment may have
half a gigabyte."""


class State(StrEnum):
    """How a check went."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


_STYLE = {State.OK: "green", State.WARN: "yellow", State.FAIL: "bold red"}


@dataclass(frozen=True, slots=True)
class Check:
    """One line: what was looked at, what was found, and what to do about it."""

    name: str
    state: State
    found: str
    fix: str = ""

    def render(self) -> Text:
        """Render the line for a terminal, without control characters of others."""
        line = Text(f"{self.state:4}", style=_STYLE[self.state])
        line.append(f"  {self.name}: {sanitize(self.found)}", style="default")
        if self.fix:
            line.append(f"\n      → {sanitize(self.fix)}", style="default")
        return line


def writable(name: str, folder: Path, fix: str) -> Check:
    """Whether this user can write there, or make it; changes nothing."""
    path = _standing(folder)
    if not path.is_dir() or not os.access(path, os.W_OK | os.X_OK):
        return Check(name, State.FAIL, f"{path} can't be written", fix)
    found = str(folder) if path == folder.absolute() else f"{folder}, made at the first start"
    return Check(name, State.OK, found)


def free_disk(folder: Path, fix: str) -> Check:
    """How much room the folder's disk has."""
    free = shutil.disk_usage(_standing(folder)).free
    state = State.OK if free >= _LITTLE_BYTES else State.WARN
    if free < _SCARCE_BYTES:
        state = State.FAIL
    advice = "" if state is State.OK else f"make room, or {fix}"
    return Check("free disk", state, f"{free / 1e9:.1f} GB", advice)


def _standing(folder: Path) -> Path:
    """The folder, or the nearest above it that exists."""
    return next(path for path in (folder.absolute(), *folder.absolute().parents) if _there(path))


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except PermissionError:  # a folder above it is closed to this user
        return False
