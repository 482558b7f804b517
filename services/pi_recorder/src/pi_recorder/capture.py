"""Reads the camera and hands every frame on; it waits for nobody but a camera that can wait."""

from __future__ import annotations

from contextlib import closing
from threading import Event

from pi_recorder.cameras.base import Camera
from pi_recorder.errors import CameraError
from pi_recorder.newest import NewestFrame
from pi_recorder.recording import Recording


class Capture:
    """Gives each frame first to recognition, which takes no time, then to recording."""

    def __init__(self, camera: Camera, newest: NewestFrame, recording: Recording) -> None:
        self._camera = camera
        self._newest = newest
        self._recording = recording

    def run(self, stop: Event) -> None:
        """Films until the camera ends or is stopped.

        Raises:
            CameraError: it can't be opened, broke, or ended without a frame.
        """
        frames = 0
        try:
            with closing(self._camera.frames(stop)) as source:
                for frame in source:
                    frames += 1
                    self._newest.put(frame)
                    self._recording.take(frame, wait=self._camera.can_wait)
        finally:
            self._newest.close()
            self._recording.end()
        if not frames and not stop.is_set():
            raise CameraError("the camera ended without a single frame")
