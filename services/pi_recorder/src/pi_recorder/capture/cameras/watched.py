"""Watch a live camera: when it stalls, fails or vanishes, open it again.

A driver can hang in a call that can't be interrupted. So a live camera is read on a thread of its
own, which is abandoned if it hangs; it closes the camera if its call ever returns.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from threading import Event, Thread

from facecore.retry import Backoff
from pi_recorder.capture.cameras.base import Camera, Frame
from pi_recorder.errors import CameraError
from pi_recorder.events import CameraAway, CameraBack

_OPENS_WITHIN_S = 15.0
_CLOSES_WITHIN_S = 1.0
_POLL_INTERVAL_S = 0.1
_LONGEST_PAUSE_S = 5.0
_HANDED_FRAMES = 8
_MOST_LEFT_BEHIND = 3


class WatchedCamera:
    """A camera whose interruptions are reported and, for a live camera, ended by opening it again.

    Args:
        stall_s: seconds without a frame after which a live camera is opened again; the first
            frame may take longer.
        give_up_s: seconds of retries before the error is raised, at the start too. A new process
            may then find what this one can't.
        first_pause_s: pause before the first retry; it doubles up to five seconds.
    """

    def __init__(
        self, camera: Camera, *, stall_s: float, give_up_s: float, first_pause_s: float = 0.5
    ) -> None:
        self._camera = camera
        self._stall_s = stall_s
        self._give_up_s = give_up_s
        self._backoff = Backoff(first_s=first_pause_s, longest_s=_LONGEST_PAUSE_S)
        self._seen_at = time.monotonic()
        self._left_behind: list[_Reader] = []

    @property
    def can_wait(self) -> bool:
        """See ``Camera.can_wait``."""
        return self._camera.can_wait

    def watch(self, stop: Event) -> Generator[Frame | CameraAway | CameraBack]:
        """Yield frames until the camera ends by itself or ``stop`` is set.

        Raises:
            CameraError: a camera that can wait failed, or a live one was away for too long.
        """
        if self._camera.can_wait:
            with closing(self._camera.frames(stop)) as frames:
                yield from frames
        else:
            yield from self._live(stop)

    def _live(self, stop: Event) -> Generator[Frame | CameraAway | CameraBack]:
        self._seen_at = time.monotonic()
        away = False
        while not stop.is_set():
            reader = _Reader(self._camera)
            try:
                for frame in reader.frames(stop, self._stall_s):
                    if away:
                        away = False
                        yield CameraBack(time.monotonic() - self._seen_at)
                    self._seen()
                    yield frame
            except CameraError as error:
                self._check_patience(error)
                if not away:
                    away = True
                    yield CameraAway(str(error))
            else:
                return
            finally:
                self._leave(reader)
            stop.wait(self._backoff.failed())

    def _seen(self) -> None:
        self._seen_at = time.monotonic()
        self._backoff.succeeded()

    def _check_patience(self, error: CameraError) -> None:
        self._left_behind = [reader for reader in self._left_behind if reader.is_alive()]
        if len(self._left_behind) >= _MOST_LEFT_BEHIND:
            raise CameraError(f"{error}; its driver hangs; restart the recorder") from error
        if time.monotonic() - self._seen_at >= self._give_up_s:
            raise error

    def _leave(self, reader: _Reader) -> None:
        if not reader.leave():
            self._left_behind.append(reader)


class _Reader(Thread):
    """A thread that reads the camera once, from its opening to its end."""

    def __init__(self, camera: Camera) -> None:
        super().__init__(name="camera", daemon=True)
        self._camera = camera
        self._left = Event()
        self._handed: queue.Queue[Frame | Exception | None] = queue.Queue(_HANDED_FRAMES)
        self.start()

    def run(self) -> None:
        """Read the camera; the thread itself calls it."""
        try:
            with closing(self._camera.frames(self._left)) as frames:
                for frame in frames:
                    self._hand(frame)
        except Exception as error:  # noqa: BLE001 - ``frames`` raises it on the watching thread
            self._hand(error)
        else:
            self._hand(None)

    def frames(self, stop: Event, stall_s: float) -> Iterator[Frame]:
        """Yield the frames until the end or ``stop``. Raises the reader's error, or a stall's."""
        allowed_s = max(stall_s, _OPENS_WITHIN_S)
        while (item := self._next(stop, allowed_s)) is not None:
            if isinstance(item, Exception):
                raise item
            yield item
            allowed_s = stall_s

    def leave(self) -> bool:
        """Stop the thread; return whether it ended in time."""
        self._left.set()
        self.join(_CLOSES_WITHIN_S)
        return not self.is_alive()

    def _next(self, stop: Event, within_s: float) -> Frame | Exception | None:
        ends_at = time.monotonic() + within_s
        while not stop.is_set():
            try:
                return self._handed.get(timeout=_POLL_INTERVAL_S)
            except queue.Empty:
                if time.monotonic() >= ends_at:
                    raise CameraError(f"no frame came for {within_s:g} seconds") from None
        return None

    def _hand(self, item: Frame | Exception | None) -> None:
        while not self._left.is_set():
            try:
                self._handed.put(item, timeout=_POLL_INTERVAL_S)
            except queue.Full:
                continue
            return
