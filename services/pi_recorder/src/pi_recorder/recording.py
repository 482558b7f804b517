"""Writes the frames on a thread of its own, so that a slow disk never holds the camera."""

from __future__ import annotations

import queue
from threading import Event

from pi_recorder.cameras.base import Frame
from pi_recorder.events import FramesDropped, Publish, SegmentRecorded
from pi_recorder.segments import SegmentWriter

_WAITING_FRAMES = 32
"""About a second; more would take too much of a small machine's memory."""


class Recording:
    """A short queue of frames before the segment writer.

    When it is full, a camera that can wait does; of one that can't, frames are dropped, counted
    and told of.
    """

    def __init__(self, writer: SegmentWriter, publish: Publish) -> None:
        self._writer = writer
        self._publish = publish
        self._frames: queue.Queue[Frame | None] = queue.Queue(_WAITING_FRAMES)
        self._over = Event()
        self._dropped = 0  # counted by the camera's thread,
        self._told = 0  # and told by the writing one

    def take(self, frame: Frame, *, wait: bool) -> None:
        """Takes a frame to write; with ``wait``, however long it takes."""
        if wait:
            self._put(frame)
            return
        try:
            self._frames.put_nowait(frame)
        except queue.Full:
            self._dropped += 1

    @property
    def full(self) -> bool:
        """Whether the next frame has to wait or is dropped."""
        return self._frames.full()

    def end(self) -> None:
        """No frame will follow."""
        self._put(None)

    def run(self) -> None:
        """Writes until the end, then finishes the open segment. Raises ``RecordingError``."""
        try:
            while frame := self._frames.get():
                self._tell(self._writer.write(frame))
            self._tell(self._writer.finish())
        finally:
            self._over.set()

    def _put(self, frame: Frame | None) -> None:
        while not self._over.is_set():  # else nobody would ever make room
            try:
                self._frames.put(frame, timeout=0.2)
            except queue.Full:
                continue
            return

    def _tell(self, recorded: SegmentRecorded | None) -> None:
        if recorded is None:
            return
        self._publish(recorded)
        if dropped := self._dropped - self._told:
            self._told += dropped
            self._publish(FramesDropped(dropped))
