"""Report the recorder's state to the service manager: ready, alive with its status, stopping.

The recorder is healthy while frames arrive, or while its camera is known to be away and is
retried. Otherwise the watchdog is not fed, and the service manager restarts the recorder. Before
the first frame, a healthy recorder extends its start timeout, so that it waits for a camera that
is plugged in an hour later.
"""

from __future__ import annotations

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
