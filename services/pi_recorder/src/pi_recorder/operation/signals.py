"""Handle Ctrl-C and ``systemctl stop`` on a thread.

A Python signal handler interrupts the main thread and may take no lock, because the main thread
could hold it. So the interpreter only writes a byte, and the thread that reads it may do anything.
Blocking the signals instead would not affect the threads that libraries have started.
"""

from __future__ import annotations

import itertools
import os
import signal
import socket
import threading
from collections.abc import Callable

_SIGNALS = signal.SIGINT, signal.SIGTERM
_PATIENCE = 2
"""Signals that stop the run; the next one ends the process at once, like a kill."""


def call_on_stop_signals(*stops: Callable[[], None]) -> None:
    """Call all ``stops`` at the first and second SIGINT or SIGTERM; only for the main thread.

    The third ends the process at once, with exit code 128 plus the signal's number, as in a shell.
    """
    read_end, write_end = socket.socketpair()
    write_end.setblocking(False)
    signal.set_wakeup_fd(write_end.detach())
    for number in _SIGNALS:
        signal.signal(number, lambda *_: None)  # only the byte is written

    def wait() -> None:
        for count in itertools.count(1):
            number = read_end.recv(1)[0]
            if count > _PATIENCE:
                os._exit(128 + number)
            for stop in stops:
                stop()

    threading.Thread(target=wait, name="signals", daemon=True).start()
