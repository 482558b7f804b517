"""Write the frames on a thread of its own, so that a slow disk never delays the camera."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Condition

from pi_recorder.capture.cameras.base import EncodedUnit, Frame, FrameOrUnit
from pi_recorder.events import FramesDropped, Publish, SegmentRecorded
from pi_recorder.recording.segments import SegmentWriter

_WAITING_BYTES = 64 << 20
"""Seconds of raw frames of 640 x 480, or a minute of a camera's own encoding: a memory card can
block for as long. More would be too much for a small machine."""

_Step = Callable[[], SegmentRecorded | None]


class Recording:
    """A short queue of frames before the segment writer.

    When it is full, a camera that can wait does wait. From one that can't, frames are dropped,
    counted and published. A camera's own encoding is then dropped up to its next key frame,
    because the frames in between depend on each other.

    Args:
        waiting_bytes: limit of the queue, in bytes.
    """

    def __init__(
        self, writer: SegmentWriter, publish: Publish, *, waiting_bytes: int = _WAITING_BYTES
    ) -> None:
        self._writer = writer
        self._publish = publish
        self._most_bytes = waiting_bytes
        self._changed = Condition()
        self._waiting: deque[tuple[_Step, int]] = deque()
        self._bytes = 0
        self._broken = True  # a camera's own encoding must begin with a key frame
        self._dropped = 0
        self._ending = self._over = False

    def take(self, frame: Frame, *, wait: bool) -> None:
        """Queue a frame; with ``wait``, wait for room however long it takes."""
        item = frame.encoded or frame
        with self._changed:
            if wait:
                self._changed.wait_for(lambda: self._bytes < self._most_bytes or self._over)
            if self._fits(item):
                self._broken = False
                self._put(partial(self._writer.write, item), _size(item))
            else:
                self._broken = True
                self._dropped += 1

    @property
    def full(self) -> bool:
        """Whether the next frame has to wait or is dropped."""
        return self._bytes >= self._most_bytes

    def interrupt(self) -> None:
        """End the open segment with its last frame, because the camera is away."""
        with self._changed:
            self._broken = True
            self._put(self._writer.finish, 0)

    def trust(self, *, clock: bool) -> None:
        """Note whether the clock is known to be right; see ``SegmentWriter.trust``."""
        with self._changed:
            self._put(partial(self._writer.trust, clock=clock), 0)

    def retime(self, by: timedelta, *, stored: bool) -> None:
        """Correct times after the clock was stepped; see ``SegmentWriter.retime``."""
        with self._changed:
            self._put(partial(self._writer.retime, by, stored=stored), 0)

    def end(self) -> None:
        """Let ``run`` end after the queued frames."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()

    def run(self) -> None:
        """Write until ``end``, then finish the open segment. Raises ``RecordingError``."""
        try:
            while step := self._next():
                self._publish_dropped(step())
            self._publish_dropped(self._writer.finish())
        finally:
            with self._changed:
                self._over = True
                self._changed.notify_all()

    def _fits(self, item: FrameOrUnit) -> bool:
        if self._over or self.full:
            return False
        return not self._broken or isinstance(item, Frame) or item.is_key

    def _put(self, step: _Step, size: int) -> None:
        self._waiting.append((step, size))
        self._bytes += size
        self._changed.notify_all()

    def _next(self) -> _Step | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ending)
            if not self._waiting:
                return None
            step, size = self._waiting.popleft()
            self._bytes -= size
            self._changed.notify_all()
            return step

    def _publish_dropped(self, recorded: SegmentRecorded | None) -> None:
        if recorded is None and not self._ending:
            return
        if recorded:
            self._publish(recorded)
        with self._changed:
            dropped, self._dropped = self._dropped, 0
        if dropped:
            self._publish(FramesDropped(dropped))


def _size(item: FrameOrUnit) -> int:
    if isinstance(item, EncodedUnit):
        return len(item.data)
    return sum(plane.buffer_size for plane in item.picture.planes)
