"""A thread that keeps its error for its starter."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Worker(threading.Thread):
    """A daemon thread that runs ``work`` and calls ``ended`` afterwards, whatever the result.

    It is a daemon, so that a hung driver can't keep the process alive.

    Attributes:
        error: the error that ended the work; None if there was none.
    """

    def __init__(self, name: str, work: Callable[[], None], ended: Callable[[], None]) -> None:
        super().__init__(name=name, daemon=True)
        self._work = work
        self._ended = ended
        self.error: Exception | None = None

    def run(self) -> None:
        """Run the work; the thread itself calls it."""
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 - kept here, reported by the recorder
            self.error = error
        finally:
            self._ended()
