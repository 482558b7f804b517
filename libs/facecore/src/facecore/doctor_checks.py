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
"""Free space: less than the first is a warning, less than the second a failure. A segment may take
half a gigabyte."""


class State(StrEnum):
    """The result of a check."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


_STYLE = {State.OK: "green", State.WARN: "yellow", State.FAIL: "bold red"}


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report: what was checked, what was found, and what to do about it."""

    name: str
    state: State
    found: str
    fix: str = ""

    def render(self) -> Text:
        """Render the line for a terminal, without control characters."""
        line = Text(f"{self.state:4}", style=_STYLE[self.state])
        line.append(f"  {self.name}: {sanitize(self.found)}", style="default")
        if self.fix:
            line.append(f"\n      → {sanitize(self.fix)}", style="default")
        return line


def writable(name: str, folder: Path, fix: str) -> Check:
    """Check whether this user can write to the folder or create it. Changes nothing."""
    path = _nearest_existing(folder)
    if not path.is_dir() or not os.access(path, os.W_OK | os.X_OK):
        return Check(name, State.FAIL, f"{path} can't be written", fix)
    found = str(folder) if path == folder.absolute() else f"{folder}, created at the first start"
    return Check(name, State.OK, found)


def free_disk(folder: Path, fix: str) -> Check:
    """Check how much space is free on the folder's disk."""
    free = shutil.disk_usage(_nearest_existing(folder)).free
    state = State.OK if free >= _LITTLE_BYTES else State.WARN
    if free < _SCARCE_BYTES:
        state = State.FAIL
    advice = "" if state is State.OK else f"free some space, or {fix}"
    return Check("free disk", state, f"{free / 1e9:.1f} GB", advice)


def _nearest_existing(folder: Path) -> Path:
    """Return the folder, or its nearest parent that exists."""
    return next(path for path in (folder.absolute(), *folder.absolute().parents) if _exists(path))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except PermissionError:  # this user may not search a parent folder
        return False
