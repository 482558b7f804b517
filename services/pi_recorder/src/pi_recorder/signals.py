"""Ctrl-C and ``systemctl stop``, as a call on a thread.

A Python handler runs in the middle of whatever the main thread does, and may take no lock there:
it could be the one that is held. So the interpreter only writes a byte, and a thread that reads it
may do anything. Blocking the signals instead would miss the threads that libraries have started.
"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable

_SIGNALS = signal.SIGINT, signal.SIGTERM


def call_on_stop_signals(stop: Callable[[], None]) -> None:
    """Calls ``stop`` for every SIGINT and SIGTERM from now on; for the main thread only."""
    read_end, write_end = socket.socketpair()
    write_end.setblocking(False)
    signal.set_wakeup_fd(write_end.detach())
    for number in _SIGNALS:
        signal.signal(number, lambda *_: None)  # so that the byte is written and no more

    def wait() -> None:
        while read_end.recv(1):
            stop()

    threading.Thread(target=wait, name="signals", daemon=True).start()
