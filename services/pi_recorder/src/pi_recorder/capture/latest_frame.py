"""One place for one frame: the newest. Who looks late sees what is now, never a backlog."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from pi_recorder.capture.cameras.base import Frame


@dataclass(frozen=True, slots=True, eq=False)
class TakenFrame:
    """A frame and when it was put there, on the monotonic clock, in seconds."""

    frame: Frame
    at: float


class NewestFrame:
    """The capture puts, any number of readers look; none waits for another.

    Recognition takes; whoever else looks remembers the frame that it saw last and asks for what
    came ``after`` it.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._newest: TakenFrame | None = None
        self._taken: TakenFrame | None = None
        self._closed = False

    def put(self, frame: Frame) -> None:
        """Replaces the frame that is there, seen or not."""
        with self._changed:
            self._newest = TakenFrame(frame, time.monotonic())
            self._changed.notify_all()

    def take(self) -> TakenFrame | None:
        """Waits for a frame not taken before; None when it is closed and there is none."""
        self._taken = self.after(self._taken)
        return self._taken

    def after(self, seen: TakenFrame | None, timeout_s: float | None = None) -> TakenFrame | None:
        """Waits for a newer frame than ``seen``; for any frame if that is None.

        Returns:
            None when time is up, or when it is closed and nothing newer is there.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._newer(seen) or self._closed, timeout_s)
            return self._newer(seen)

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
            self._newest = None
        self.close()

    def _newer(self, seen: TakenFrame | None) -> TakenFrame | None:
        return None if self._newest is seen else self._newest
