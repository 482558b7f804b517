"""What systemd says of the recorder's unit."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass

UNIT = "pi-recorder.service"
_PROPERTIES = "LoadState", "ActiveState", "SubState", "StatusText", "NRestarts", "UnitFileState"


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit as it is now.

    Attributes:
        active: ``active``, ``activating``, ``inactive``, ``failed`` and so on.
        sub: more precisely, such as ``running`` or ``auto-restart``.
        text: the last line that the recorder told.
        restarts: how often systemd started it anew by itself.
        at_boot: whether it starts with the machine.
    """

    active: str
    sub: str
    text: str
    restarts: int
    at_boot: bool


def unit() -> Unit | None:
    """The recorder's unit; None where there is no systemd, or the unit is not installed."""
    command = shutil.which("systemctl")
    if command is None:
        return None
    question = [command, "show", UNIT, f"--property={','.join(_PROPERTIES)}"]
    try:
        done = subprocess.run(  # noqa: S603 - no shell, nothing of a user's in it
            question, capture_output=True, text=True, timeout=10, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    found = dict(line.partition("=")[::2] for line in done.stdout.splitlines())
    if done.returncode or found.get("LoadState") != "loaded":
        return None
    return Unit(
        active=found["ActiveState"],
        sub=found["SubState"],
        text=found["StatusText"],
        restarts=int(found["NRestarts"]),
        at_boot=found["UnitFileState"] == "enabled",
    )
