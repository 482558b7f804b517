"""`make run` as a person starts it: in a terminal, with data folders of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
_IN_A_TERMINAL = """
import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))
"""


@dataclass
class Terminal:
    """A program's screen and keyboard."""

    screen: IO[bytes]
    keyboard: IO[bytes]
    output: str = ""

    def read_until(self, text: str) -> str:
        """Return the output until the text came or the program ended."""
        while text not in self.output and (chunk := os.read(self.screen.fileno(), 4096)):
            self.output += chunk.decode(errors="replace")
        return self.output

    def ctrl_c(self) -> str:
        """Press Ctrl-C, wait for the end and return all output."""
        os.write(self.keyboard.fileno(), b"\x03")
        self.output += self.screen.read().decode(errors="replace")
        return self.output


@contextmanager
def in_a_terminal(folder: Path, *command: str) -> Iterator[Terminal]:
    """Run a program in a terminal; unless the test fails before, it must end with 0.

    Ctrl-C reaches it also where this process was started with SIGINT ignored, as a shell's ``&``
    does. Leaving the context early hangs up the terminal.
    """
    with subprocess.Popen(
        [sys.executable, "-c", _IN_A_TERMINAL, *command],
        cwd=ROOT,
        env=os.environ | data_folders(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=_take_interrupts,  # noqa: PLW1509 - it only sets a signal's default
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        terminal = Terminal(process.stdout, process.stdin)
        try:
            yield terminal
        except BaseException:
            process.kill()
            raise
    assert process.returncode == 0, terminal.output


def data_folders(folder: Path) -> dict[str, str]:
    return {
        "RECOGNIZER_DATA_DIR": str(folder / "recognizer"),
        "PI_RECORDER_SPOOL_DIR": str(folder / "spool"),
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def processes_that_mention(folder: Path) -> list[str]:
    """Return the command lines of the processes whose environment names the folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            environment = (entry / "environ").read_bytes()
            command = (entry / "cmdline").read_bytes()
        except OSError:  # it ended meanwhile, or is another user's
            continue
        if str(folder).encode() in environment and int(entry.name) != os.getpid():
            found.append(command.replace(b"\0", b" ").decode())
    return found


def _take_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
