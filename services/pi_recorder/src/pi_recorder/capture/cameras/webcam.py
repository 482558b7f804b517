"""A webcam, through Video4Linux."""

from __future__ import annotations

from collections.abc import Generator
from threading import Event

import av

from pi_recorder.capture.cameras.base import Frame
from pi_recorder.clock import SourceTime, SystemClock, Timeline
from pi_recorder.errors import CameraError
from pi_recorder.settings.values import CameraFormat


class Webcam:
    """A device such as ``/dev/video0``, with the driver's format unless ``form`` sets another."""

    can_wait = False

    def __init__(
        self, device: str, form: CameraFormat | None = None, *, timeline: Timeline | None = None
    ) -> None:
        self._device = device
        self._options = _options(form or CameraFormat())
        self._timeline = timeline or Timeline(SystemClock())

    def frames(self, stop: Event) -> Generator[Frame]:
        """Yield the device's frames; see ``Camera.frames``. Raises ``CameraError``."""
        try:
            with av.open(self._device, format="v4l2", options=self._options) as container:
                time = SourceTime(self._timeline)
                for picture in container.decode(video=0):
                    if stop.is_set():
                        return
                    yield Frame(picture, time.at(picture.time))
        except (av.FFmpegError, OSError, ValueError) as error:
            raise CameraError(f"{self._device}: {_explained(error)}") from error
        if not stop.is_set():
            raise CameraError(f"{self._device} stopped giving frames; was it unplugged?")


def _options(form: CameraFormat) -> dict[str, str]:
    options = {}
    if form.size:
        options["video_size"] = "{}x{}".format(*form.size)
    if form.fps:
        options["framerate"] = str(form.fps)
    return options


def _explained(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such camera; plug it in, and see `ls /dev/video*` for its name"
    if isinstance(error, PermissionError):
        return "no permission to use it; add this user to the group `video` and log in again"
    reason = getattr(error, "strerror", None) or str(error)
    return f"can't be used as a camera ({reason}); is it in use, and is this Linux?"
