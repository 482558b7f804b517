"""One place for one frame: the newest. Who looks late sees what is now, never a backlog."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from pi_recorder.cameras.base import Frame


@dataclass(frozen=True, slots=True, eq=False)
class TakenFrame:
    """A frame and when it was put there, on the monotonic clock, in seconds."""

    frame: Frame
    at: float


class NewestFrame:
    """The capture puts, recognition takes; neither waits for the other."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._unseen: TakenFrame | None = None
        self._closed = False

    def put(self, frame: Frame) -> None:
        """Replaces the frame that is there, seen or not."""
        with self._changed:
            self._unseen = TakenFrame(frame, time.monotonic())
            self._changed.notify_all()

    def take(self) -> TakenFrame | None:
        """Waits for a frame not taken before; None when it is closed and there is none."""
        with self._changed:
            self._changed.wait_for(lambda: self._unseen or self._closed)
            taken, self._unseen = self._unseen, None
            return taken

    def pause(self, seconds: float) -> None:
        """Waits so long, or until it is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed, timeout=max(0.0, seconds))

    def close(self) -> None:
        """No frame will follow; the last one can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def discard(self) -> None:
        """Closes it, and forgets the frame that is there."""
        with self._changed:
            self._unseen = None
        self.close()
