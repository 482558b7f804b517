"""Read the camera and distribute its frames; only a camera that can wait is made to wait."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from threading import Event
from typing import Protocol

from pi_recorder.capture.cameras.base import Frame
from pi_recorder.capture.cameras.watched import WatchedCamera
from pi_recorder.capture.latest_frame import LatestFrame
from pi_recorder.clock import Clock, Timeline
from pi_recorder.errors import CameraError
from pi_recorder.events import CameraAway, CameraBack, ClockStepped, Publish

_STEP = timedelta(seconds=1)
"""NTP slews the clock for smaller errors, and the monotonic clock follows."""


class FrameRecorder(Protocol):
    """Records the frames of the capture; ``recording.writer.Recording`` is one."""

    def take(self, frame: Frame, *, wait: bool) -> None:
        """Queue a frame; with ``wait``, wait for room however long it takes."""
        ...

    def interrupt(self) -> None:
        """End the open segment, because the camera is away."""
        ...

    def trust(self, *, clock: bool) -> None:
        """Note whether the clock is known to be right from now on."""
        ...

    def retime(self, by: timedelta, *, stored: bool) -> None:
        """Correct the times of the open segment; with ``stored``, of the queued ones too."""
        ...

    def end(self) -> None:
        """Note that no frame will follow."""
        ...


class Capture:
    """Distributes each frame: to viewers and recognition, which never block, then to the recorder.

    Cameras count their times from one reading of the system's clock. When that is stepped, the
    times of all later frames are corrected here.

    Args:
        latest_frame: the slot that recognition reads.
        pictures: the slot that the live page and the device's status read.
        is_paused: whether recognition gets no frames now.
    """

    def __init__(
        self,
        camera: WatchedCamera,
        latest_frame: LatestFrame,
        recording: FrameRecorder,
        publish: Publish,
        clock: Clock,
        *,
        pictures: LatestFrame | None = None,
        is_paused: Callable[[], bool] = lambda: False,
    ) -> None:
        self._camera = camera
        self._latest_frame = latest_frame
        self._recording = recording
        self._publish = publish
        self._clock = clock
        self._pictures = pictures or LatestFrame()
        self._is_paused = is_paused
        self._timeline = Timeline(clock)
        self._correction = timedelta()
        self._is_right: bool | None = None

    def run(self, stop: Event) -> None:
        """Film until the camera ends or ``stop`` is set.

        Raises:
            CameraError: the camera can't be opened, failed, or ended without a frame.
        """
        frames = 0
        try:
            with closing(self._camera.watch(stop)) as source:
                for item in source:
                    match item:
                        case Frame():
                            frames += 1
                            self._distribute(item)
                        case CameraAway() | CameraBack():
                            self._recording.interrupt()
                            self._publish(item)
        finally:
            self._latest_frame.close()
            self._recording.end()
        if not frames and not stop.is_set():
            raise CameraError("the camera ended without a single frame")

    def _distribute(self, frame: Frame) -> None:
        self._follow_clock()
        frame = _moved(frame, self._correction)
        self._pictures.put(frame)
        if not self._is_paused():
            self._latest_frame.put(frame)
        self._recording.take(frame, wait=self._camera.can_wait)

    def _follow_clock(self) -> None:
        """Correct recorded times after a step, if the clock was not known to be right before."""
        by = self._timeline.behind() - self._correction
        if abs(by) > _STEP:
            self._correction += by
            self._recording.retime(by, stored=not self._is_right)
            self._publish(ClockStepped(by.total_seconds()))
        is_right = self._clock.synchronized()
        if is_right is not self._is_right:
            self._is_right = is_right
            self._recording.trust(clock=is_right)


def _moved(frame: Frame, by: timedelta) -> Frame:
    if not by:
        return frame
    unit = frame.encoded and replace(frame.encoded, captured_at=frame.encoded.captured_at + by)
    return replace(frame, captured_at=frame.captured_at + by, encoded=unit)
