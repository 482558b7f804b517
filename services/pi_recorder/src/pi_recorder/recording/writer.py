"""Writes the frames on a thread of its own, so that a slow disk never holds the camera."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Condition

from pi_recorder.capture.cameras.base import EncodedUnit, Frame, Shot
from pi_recorder.events import FramesDropped, Publish, SegmentRecorded
from pi_recorder.recording.segments import SegmentWriter

_WAITING_BYTES = 64 << 20
"""Seconds of pictures of 640 x 480 and a minute that a camera encoded: a memory card can take as
long for a file. More would be too much for a small machine."""

_Step = Callable[[], SegmentRecorded | None]


class Recording:
    """A short queue of frames before the segment writer.

    When it is full, a camera that can wait does; of one that can't, frames are dropped, counted
    and told of. What a camera encoded is then dropped up to its next key frame, for the pictures
    in between build upon each other.

    Args:
        waiting_bytes: how much may wait.
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
        self._broken = True  # what a camera encodes can only begin with a key frame
        self._dropped = 0
        self._ending = self._over = False

    def take(self, frame: Frame, *, wait: bool) -> None:
        """Takes a frame to write; with ``wait``, however long it takes."""
        shot = frame.encoded or frame
        with self._changed:
            if wait:
                self._changed.wait_for(lambda: self._bytes < self._most_bytes or self._over)
            if self._fits(shot):
                self._broken = False
                self._put(partial(self._writer.write, shot), _size(shot))
            else:
                self._broken = True
                self._dropped += 1

    @property
    def full(self) -> bool:
        """Whether the next frame has to wait or is dropped."""
        return self._bytes >= self._most_bytes

    def interrupt(self) -> None:
        """The camera is away: the open segment ends with its last frame."""
        with self._changed:
            self._broken = True
            self._put(self._writer.finish, 0)

    def trust(self, *, clock: bool) -> None:
        """Whether the clock is known to be right from now on; see ``SegmentWriter.trust``."""
        with self._changed:
            self._put(partial(self._writer.trust, clock=clock), 0)

    def retime(self, by: timedelta, *, stored: bool) -> None:
        """The clock was stepped by so much; see ``SegmentWriter.retime``."""
        with self._changed:
            self._put(partial(self._writer.retime, by, stored=stored), 0)

    def end(self) -> None:
        """No frame will follow."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()

    def run(self) -> None:
        """Writes until the end, then finishes the open segment. Raises ``RecordingError``."""
        try:
            while step := self._next():
                self._publish_dropped(step())
            self._publish_dropped(self._writer.finish())
        finally:
            with self._changed:
                self._over = True
                self._changed.notify_all()

    def _fits(self, shot: Shot) -> bool:
        if self._over or self.full:
            return False
        return not self._broken or isinstance(shot, Frame) or shot.is_key

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


def _size(shot: Shot) -> int:
    if isinstance(shot, EncodedUnit):
        return len(shot.data)
    return sum(plane.buffer_size for plane in shot.picture.planes)
