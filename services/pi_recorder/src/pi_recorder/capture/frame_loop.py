"""Reads the camera and hands every frame on; it waits for nobody but a camera that can wait."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from threading import Event

from pi_recorder.capture.cameras.base import Frame
from pi_recorder.capture.cameras.watched import WatchedCamera
from pi_recorder.capture.latest_frame import NewestFrame
from pi_recorder.clock import Clock, Timeline
from pi_recorder.errors import CameraError
from pi_recorder.events import CameraAway, CameraBack, ClockStepped, Publish
from pi_recorder.live.latest_picture import PictureSlot
from pi_recorder.recognition.switch import Switch
from pi_recorder.recording.writer import Recording

_STEP = timedelta(seconds=1)
"""NTP turns the clock faster or slower for less, and the clock that only counts goes along."""


class Capture:
    """Gives each frame first to who looks and to recognition, which takes no time.

    Recording comes last. While recognition is paused it gets no frame.

    Cameras count their times from one reading of the system's clock. When that is stepped, every
    later frame is corrected here, in one place and between two frames.
    """

    def __init__(
        self,
        camera: WatchedCamera,
        newest: NewestFrame,
        recording: Recording,
        publish: Publish,
        clock: Clock,
        *,
        pictures: PictureSlot | None = None,
        switch: Switch | None = None,
    ) -> None:
        self._camera = camera
        self._newest = newest
        self._recording = recording
        self._publish = publish
        self._clock = clock
        self._pictures = pictures or PictureSlot()
        self._switch = switch or Switch(publish)
        self._timeline = Timeline(clock)
        self._correction = timedelta()
        self._is_right: bool | None = None

    def run(self, stop: Event) -> None:
        """Films until the camera ends or is stopped.

        Raises:
            CameraError: it can't be opened, broke, or ended without a frame.
        """
        frames = 0
        try:
            with closing(self._camera.watch(stop)) as source:
                for item in source:
                    match item:
                        case Frame():
                            frames += 1
                            self._hand_on(item)
                        case CameraAway() | CameraBack():
                            self._recording.interrupt()
                            self._publish(item)
        finally:
            self._newest.close()
            self._recording.end()
        if not frames and not stop.is_set():
            raise CameraError("the camera ended without a single frame")

    def _hand_on(self, frame: Frame) -> None:
        self._look_at_the_clock()
        frame = _moved(frame, self._correction)
        self._pictures.put(frame)
        if not self._switch.paused:
            self._newest.put(frame)
        self._recording.take(frame, wait=self._camera.can_wait)

    def _look_at_the_clock(self) -> None:
        """What was recorded before a step is dated anew if the clock was not known to be right."""
        by = self._timeline.behind() - self._correction
        if abs(by) > _STEP:
            self._correction += by
            self._recording.redate(by, stored=not self._is_right)
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
