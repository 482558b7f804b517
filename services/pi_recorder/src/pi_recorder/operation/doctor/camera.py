"""Check that the camera opens and gives frames, and measure their size and rate."""

from __future__ import annotations

import time
from contextlib import closing
from functools import partial
from threading import Event

from facecore.checks import Check, State
from facecore.errors import FaceCoreError
from pi_recorder.capture.cameras.base import Camera
from pi_recorder.capture.cameras.open import open_camera, shown_name
from pi_recorder.errors import CameraError
from pi_recorder.operation.worker import Worker
from pi_recorder.settings.schema import Settings

_FIRST_FRAME_WITHIN_S = 15.0
_TRIAL_S = 2.0
_SLOW_FPS = 5.0
_FIX = "check the cable; `rpicam-hello --list-cameras` or `v4l2-ctl --list-devices` lists cameras"


class _Trial:
    """A few seconds of a camera, read on a thread because a driver may hang."""

    def __init__(self) -> None:
        self.size = ""
        self.times: list[float] = []
        self._stop = Event()

    def run(self, camera: Camera) -> None:
        with closing(camera.frames(self._stop)) as frames:
            for frame in frames:
                self.size = f"{frame.picture.width}x{frame.picture.height}"
                self.times.append(time.monotonic())
                if self.times[-1] - self.times[0] >= _TRIAL_S:
                    return

    def end(self) -> None:
        self._stop.set()

    @property
    def fps(self) -> float:
        """Frames a second; 0 with too few frames to measure it."""
        seconds = self.times[-1] - self.times[0] if self.times else 0.0
        return (len(self.times) - 1) / seconds if seconds else 0.0


def camera_check(settings: Settings) -> Check:
    """Open the camera of the settings and read frames for two seconds."""
    if settings.camera == "demo":
        return Check("camera", State.OK, "the demo clip; no camera is used")
    try:
        camera = open_camera(settings.camera, form=settings.camera_format)
    except (CameraError, FaceCoreError) as error:
        return Check("camera", State.FAIL, str(error), _FIX)
    trial = _Trial()
    worker = Worker("camera", partial(trial.run, camera), lambda: None)
    worker.start()
    worker.join(_FIRST_FRAME_WITHIN_S + _TRIAL_S)
    trial.end()
    if worker.error is not None:
        return Check("camera", State.FAIL, str(worker.error), _FIX)
    return _judged(shown_name(settings.camera), trial)


def _judged(name: str, trial: _Trial) -> Check:
    if not trial.times:
        found = f"{name} opens, but gives no frame within {_FIRST_FRAME_WITHIN_S:.0f} seconds"
        return Check("camera", State.FAIL, found, _FIX)
    found = f"{name} gives {trial.size}"
    if not trial.fps:
        return Check("camera", State.OK, f"{found}, a single frame")
    found = f"{found}, {trial.fps:.1f} frames a second"
    if trial.fps < _SLOW_FPS:
        fix = "add light, or use a smaller picture; a visitor may pass between two frames"
        return Check("camera", State.WARN, found, fix)
    return Check("camera", State.OK, found)
