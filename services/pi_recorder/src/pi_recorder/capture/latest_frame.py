"""A slot that holds the latest frame: a slow reader sees what is now, never a backlog."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from pi_recorder.capture.cameras.base import Frame


@dataclass(frozen=True, slots=True, eq=False)
class NumberedFrame:
    """A frame in the slot.

    Attributes:
        number: counts from 1; it tells the frame from the one before.
        at: when it was put there, on the monotonic clock, in seconds.
    """

    number: int
    frame: Frame
    at: float


class LatestFrame:
    """Takes frames from the capture and gives the latest to any number of readers.

    Neither side waits for the other. Recognition takes each frame once; other readers look at the
    latest, or remember the frame that they saw last and request one ``after`` it. A frame that
    nobody reads costs nothing.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0
        self._latest: NumberedFrame | None = None
        self._taken: NumberedFrame | None = None
        self._closed = False

    def put(self, frame: Frame) -> None:
        """Replace the frame that is there, read or not."""
        with self._changed:
            self._count += 1
            self._latest = NumberedFrame(self._count, frame, time.monotonic())
            self._changed.notify_all()

    def latest(self) -> NumberedFrame | None:
        """Return the latest frame, at once; None before the first."""
        return self._latest

    def take(self) -> NumberedFrame | None:
        """Wait for a frame not taken before; return None when closed and there is none."""
        self._taken = self.after(self._taken)
        return self._taken

    def after(
        self, seen: NumberedFrame | None, timeout_s: float | None = None
    ) -> NumberedFrame | None:
        """Wait for a later frame than ``seen``; for any frame if that is None.

        Returns:
            None when time is up, or when it is closed and nothing later is there.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._later(seen) or self._closed, timeout_s)
            return self._later(seen)

    def pause(self, seconds: float) -> None:
        """Wait so long, or until it is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed, timeout=max(0.0, seconds))

    def close(self) -> None:
        """Note that no frame will follow; the last one can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def discard(self) -> None:
        """Close the slot and forget the frame that is there."""
        with self._changed:
            self._latest = None
        self.close()

    def _later(self, seen: NumberedFrame | None) -> NumberedFrame | None:
        return None if self._latest is seen else self._latest
