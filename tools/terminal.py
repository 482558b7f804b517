"""Ctrl-C for a program that `make` runs."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def foreground() -> Iterator[None]:
    """Be the terminal's foreground process group of one, so that Ctrl-C reaches this process alone.

    Without it `make` would get the interrupt too and end with 130, whatever its recipe returns.
    Without a terminal nothing is changed.
    """
    terminal = _terminal()
    if terminal is None:
        yield
        return
    before = os.tcgetpgrp(terminal)
    # Whoever is in the background is stopped when it hands the terminal over, unless it says no.
    old = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    try:
        # Not when started in the background, nor when it leads a group, as a terminal's first does.
        if before == os.getpgrp() != os.getpid():
            os.setpgid(0, 0)
            os.tcsetpgrp(terminal, os.getpgrp())
        yield
    finally:
        os.tcsetpgrp(terminal, before)
        signal.signal(signal.SIGTTOU, old)
        os.close(terminal)


def _terminal() -> int | None:
    try:
        return os.open("/dev/tty", os.O_RDWR)
    except OSError:
        return None
