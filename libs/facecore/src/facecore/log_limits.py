"""Limit the log lines of an error that repeats."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Lock

_PERIOD_S = 60.0


class OncePerMinute(logging.Filter):
    """A filter that passes one record a minute of those whose message holds a text.

    The next record that passes says how many were dropped before it. All other records pass.

    Args:
        text: part of the message.
        now: a monotonic clock, in seconds.
    """

    def __init__(self, text: str, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._text = text
        self._now = now
        self._lock = Lock()
        self._next = float("-inf")
        self._left_out = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to log the record."""
        if self._text not in (message := record.getMessage()):
            return True
        with self._lock:
            if self._now() < self._next:
                self._left_out += 1
                return False
            left_out, self._left_out = self._left_out, 0
            self._next = self._now() + _PERIOD_S
        if left_out:
            record.msg, record.args = f"{message} ({left_out} more before this)", ()
        return True


_NO_DESCRIPTORS = OncePerMinute("socket.accept() out of system resource")


def limit_accept_errors() -> None:
    """Limit asyncio's log lines about connections it can't accept. Idempotent."""
    logging.getLogger("asyncio").addFilter(_NO_DESCRIPTORS)
