"""Handle Ctrl-C in a program that `make` runs."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def foreground() -> Iterator[None]:
    """Make this process the terminal's only foreground process, so that only it gets Ctrl-C.

    Without it `make` would get the interrupt too and end with 130, whatever its recipe returns.
    Without a terminal nothing is changed.
    """
    terminal = _terminal()
    if terminal is None:
        yield
        return
    before = os.tcgetpgrp(terminal)
    # A background process is stopped when it sets the foreground group, unless it ignores SIGTTOU.
    old = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    try:
        # Not if started in the background, nor if it leads its group, as when run without make.
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
