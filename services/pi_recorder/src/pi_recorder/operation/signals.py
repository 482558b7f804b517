"""Ctrl-C and ``systemctl stop``, as a call on a thread.

A Python handler runs in the middle of whatever the main thread does, and may take no lock there:
it could be the one that is held. So the interpreter only writes a byte, and a thread that reads it
may do anything. Blocking the signals instead would miss the threads that libraries have started.
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
"""Signals that ask; the next one ends the process whatever it is doing, as a kill would."""


def call_on_stop_signals(*stops: Callable[[], None]) -> None:
    """Calls all ``stops`` for the first two SIGINT or SIGTERM; for the main thread only.

    The third ends the process at once, with 128 and the signal's number as a shell would say.
    """
    read_end, write_end = socket.socketpair()
    write_end.setblocking(False)
    signal.set_wakeup_fd(write_end.detach())
    for number in _SIGNALS:
        signal.signal(number, lambda *_: None)  # so that the byte is written and no more

    def wait() -> None:
        for count in itertools.count(1):
            number = read_end.recv(1)[0]
            if count > _PATIENCE:
                os._exit(128 + number)
            for stop in stops:
                stop()

    threading.Thread(target=wait, name="signals", daemon=True).start()
