"""A webcam, through Video4Linux."""

from __future__ import annotations

import time
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from threading import Event

import av

from pi_recorder.cameras.base import Frame
from pi_recorder.errors import CameraError


class Webcam:
    """A device such as ``/dev/video0``, in the size and rate that its driver is set to."""

    can_wait = False

    def __init__(self, device: str) -> None:
        self._device = device

    def frames(self, stop: Event) -> Generator[Frame]:
        """The device's frames; see ``Camera.frames``. Raises ``CameraError``."""
        try:
            with av.open(self._device, format="v4l2") as container:
                begun, started_at = time.monotonic(), datetime.now(UTC)
                for picture in container.decode(video=0):
                    if stop.is_set():
                        return
                    elapsed = timedelta(seconds=time.monotonic() - begun)
                    yield Frame(picture, started_at + elapsed)
        except (av.FFmpegError, OSError, ValueError) as error:
            raise CameraError(f"{self._device}: {_explained(error)}") from error
        if not stop.is_set():
            raise CameraError(f"{self._device} stopped giving frames; was it unplugged?")


def _explained(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such camera; plug it in, and see `ls /dev/video*` for its name"
    if isinstance(error, PermissionError):
        return "no right to use it; add this user to the group `video` and log in again"
    reason = getattr(error, "strerror", None) or str(error)
    return f"can't be used as a camera ({reason}); is it in use, and is this Linux?"
