"""Keep a log small when the same thing goes wrong again and again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Lock

_PERIOD_S = 60.0


class OncePerMinute(logging.Filter):
    """Let one record a minute through of those whose message holds a text.

    The next one that passes says how many were left out before it. Other records all pass.

    Args:
        text: part of the message.
        now: a clock that only counts, in seconds.
    """

    def __init__(self, text: str, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._text = text
        self._now = now
        self._lock = Lock()
        self._next = float("-inf")
        self._left_out = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is logged."""
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
    """Bound asyncio's lines about connections it can't accept; a second call changes nothing."""
    logging.getLogger("asyncio").addFilter(_NO_DESCRIPTORS)
