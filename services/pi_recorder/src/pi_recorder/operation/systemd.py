"""Report this process's state to systemd, and read the state of the recorder's unit.

Reports follow sd_notify's protocol: a message is one datagram of ``NAME=value`` lines to the
socket that ``NOTIFY_SOCKET`` names.
Source: sd_notify(3) and sd_watchdog_enabled(3) of systemd.
"""

from __future__ import annotations

import logging
import os
import shutil
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

_log = logging.getLogger(__name__)
UNIT = "pi-recorder.service"
_PROPERTIES = "LoadState", "ActiveState", "SubState", "StatusText", "NRestarts", "UnitFileState"


class ServiceManager:
    """A connection to the service manager; without an address, as on a terminal, to none.

    Attributes:
        watchdog_s: seconds without a message after which it ends this process; None for never.
    """

    def __init__(self, address: str | None, watchdog_s: float | None = None) -> None:
        self._address = address
        self.watchdog_s = watchdog_s

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Return the service manager that the environment names."""
        watchdog_us = environment.get("WATCHDOG_USEC", "")
        meant = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        watchdog_s = int(watchdog_us) / 1e6 if watchdog_us.isdecimal() and meant else None
        return cls(environment.get("NOTIFY_SOCKET"), watchdog_s or None)

    def notify(self, *lines: str) -> None:
        """Send the lines as one message; log a failure and continue."""
        if not self._address:
            return
        # An abstract socket's name begins with a zero byte, which the variable writes as '@'.
        place = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as wire:
                wire.setblocking(False)
                wire.sendto("\n".join(lines).encode(), place)
        except OSError as error:
            _log.warning("%s can't be sent to the service manager: %s", lines[0], error)


@dataclass(frozen=True, slots=True)
class Unit:
    """The current state of the unit.

    Attributes:
        active: ``active``, ``activating``, ``inactive``, ``failed`` and so on.
        sub: the detailed state, such as ``running`` or ``auto-restart``.
        text: the last status line that the recorder reported.
        restarts: how often systemd restarted it by itself.
        at_boot: whether it starts at boot.
    """

    active: str
    sub: str
    text: str
    restarts: int
    at_boot: bool


def unit() -> Unit | None:
    """Return the recorder's unit; None without systemd, or if the unit is not installed."""
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
