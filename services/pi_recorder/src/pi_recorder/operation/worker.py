"""A thread whose failure is kept for whoever started it."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Worker(threading.Thread):
    """Runs ``work``; calls ``ended`` when it is over, whatever the reason.

    It is a daemon, so that a driver that hangs can't keep the process alive.

    Attributes:
        error: what ended the work, if it was not its own end.
    """

    def __init__(self, name: str, work: Callable[[], None], ended: Callable[[], None]) -> None:
        super().__init__(name=name, daemon=True)
        self._work = work
        self._ended = ended
        self.error: Exception | None = None

    def run(self) -> None:
        """Works; called by the thread itself."""
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 - kept here and told by the recorder
            self.error = error
        finally:
            self._ended()
