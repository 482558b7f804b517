"""Report to the service manager, keep threads' errors, and end on Ctrl-C or ``systemctl stop``.

The recorder is healthy while frames arrive, or while its camera is known to be away and is
retried. Otherwise the watchdog is not fed, and the service manager restarts the recorder. Before
the first frame, a healthy recorder extends its start timeout, so that it waits for a camera that
is plugged in an hour later.

A Python signal handler interrupts the main thread and may take no lock, because the main thread
could hold it. So the interpreter only writes a byte, and the thread that reads it may do anything.
Blocking the signals instead would not affect the threads that libraries have started.
"""

from __future__ import annotations

import itertools
import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import closing

from pi_recorder.capture.cameras.base import Camera, Frame
from pi_recorder.events import (
    CameraAway,
    CameraBack,
    Event,
    RecognitionAway,
    RecognitionBack,
    SegmentRecorded,
    SegmentUploaded,
    UploadsAway,
    UploadsBack,
)
from pi_recorder.operation.systemd import ServiceManager

PATIENCE_S = 30.0
"""Longer than a camera takes to open, and longer than capture takes to notice a stall."""
AWAY_PATIENCE_S = 300.0
"""Patience while the camera is away; longer, because the pauses between retries grow."""


class Supervision:
    """Watches events and camera, from any thread; the main loop calls ``pulse``."""

    def __init__(self, manager: ServiceManager, now: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._manager = manager
        self._now = now
        self._filming = self._ready = False
        self._alive_at = self._now()
        self._away: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self._last_status = ""

    def watch(self, camera: Camera) -> Camera:
        """Return the same camera, watched: each frame counts as a sign of life."""
        return _Watched(camera, self._opened, self._frame)

    def add(self, event: Event) -> None:
        """Note outages and finished segments."""
        with self._lock:
            self._add(event)

    def _add(self, event: Event) -> None:
        match event:
            case CameraAway():
                self._away["camera"] = "the camera is away"
            case CameraBack():
                self._away.pop("camera", None)
            case RecognitionAway():
                self._away["recognition"] = "recognition is away"
            case RecognitionBack():
                self._away.pop("recognition", None)
            case UploadsAway():
                self._away["uploads"] = "uploads wait"
            case UploadsBack():
                self._away.pop("uploads", None)
            case SegmentRecorded():
                self._counts["recorded"] += 1
            case SegmentUploaded():
                self._counts["uploaded"] += 1
            case _:
                pass

    def pulse(self) -> None:
        """Feed the watchdog if the recorder is healthy, and report a changed status."""
        lines = []
        if self._filming and not self._ready:
            self._ready = True
            lines.append("READY=1")
        if self._well():
            lines += self._fed()
        if (status := self._status()) != self._last_status:
            self._last_status = status
            lines.append(f"STATUS={status}")
        if lines:
            self._manager.notify(*lines)

    def stopping(self) -> None:
        """Report that the recorder is stopping."""
        self._manager.notify("STOPPING=1", "STATUS=stopping")

    def _opened(self) -> None:
        self._alive_at = self._now()

    def _frame(self) -> None:
        self._filming = True
        self._alive_at = self._now()

    def _well(self) -> bool:
        patience_s = AWAY_PATIENCE_S if "camera" in self._away else PATIENCE_S
        return self._now() - self._alive_at < patience_s

    def _fed(self) -> list[str]:
        if self._manager.watchdog_s is None:
            return []
        if self._ready:
            return ["WATCHDOG=1"]
        return [f"EXTEND_TIMEOUT_USEC={round(self._manager.watchdog_s * 1e6)}"]

    def _status(self) -> str:
        with self._lock:
            done = f"{self._counts['recorded']} recorded, {self._counts['uploaded']} uploaded"
            words = f"filming; segments: {done}" if self._filming else "waiting for the camera"
            return "; ".join([words, *self._away.values()])


class _Watched:
    """A camera that reports its opening, and each frame before it is yielded."""

    def __init__(
        self, camera: Camera, opened: Callable[[], None], frame: Callable[[], None]
    ) -> None:
        self._camera = camera
        self._opened = opened
        self._frame = frame

    @property
    def can_wait(self) -> bool:
        return self._camera.can_wait

    def frames(self, stop: threading.Event) -> Generator[Frame]:
        self._opened()
        with closing(self._camera.frames(stop)) as source:
            for frame in source:
                self._frame()
                yield frame


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


_SIGNALS = signal.SIGINT, signal.SIGTERM
_PATIENCE = 2
"""Signals that stop the run; the next one ends the process at once, like a kill."""


def call_on_stop_signals(*stops: Callable[[], None]) -> None:
    """Call all ``stops`` at the first and second SIGINT or SIGTERM; only for the main thread.

    The third ends the process at once, with exit code 128 plus the signal's number, as in a shell.
    """
    read_end, write_end = socket.socketpair()
    write_end.setblocking(False)
    signal.set_wakeup_fd(write_end.detach())
    for number in _SIGNALS:
        signal.signal(number, lambda *_: None)  # only the byte is written

    def wait() -> None:
        for count in itertools.count(1):
            number = read_end.recv(1)[0]
            if count > _PATIENCE:
                os._exit(128 + number)
            for stop in stops:
                stop()

    threading.Thread(target=wait, name="signals", daemon=True).start()
