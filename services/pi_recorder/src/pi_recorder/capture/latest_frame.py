"""A slot that holds the latest frame: a slow reader sees the present, never a backlog."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from pi_recorder.capture.cameras.base import Frame


@dataclass(frozen=True, slots=True, eq=False)
class NumberedFrame:
    """A frame in the slot.

    Attributes:
        number: the frame's number, from 1.
        at: when it was put there, in seconds of the monotonic clock.
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
        """Replace the frame, whether it was read or not."""
        with self._changed:
            self._count += 1
            self._latest = NumberedFrame(self._count, frame, time.monotonic())
            self._changed.notify_all()

    def latest(self) -> NumberedFrame | None:
        """Return the latest frame without waiting; None before the first."""
        return self._latest

    def take(self) -> NumberedFrame | None:
        """Wait for a frame that was not taken before; return None if the slot is closed."""
        self._taken = self.after(self._taken)
        return self._taken

    def after(
        self, seen: NumberedFrame | None, timeout_s: float | None = None
    ) -> NumberedFrame | None:
        """Wait for a later frame than ``seen``; for any frame if that is None.

        Returns:
            The frame; None after ``timeout_s`` seconds, or if the slot is closed without one.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._later(seen) or self._closed, timeout_s)
            return self._later(seen)

    def pause(self, seconds: float) -> None:
        """Wait so many seconds, or until the slot is closed."""
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
