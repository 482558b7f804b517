"""A video file as a camera."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator
from pathlib import Path
from threading import Event

import av
import numpy as np
from av.container import InputContainer

from pi_recorder.capture.cameras.base import Frame
from pi_recorder.clock import SystemClock, Timeline
from pi_recorder.errors import CameraError
from pi_recorder.settings.values import Pace


class FileCamera:
    """A video file, rotated upright by its metadata.

    At its own pace the first frame is captured now; at the fast pace the last one is, so that no
    frame is in the future. A fast loop runs ahead of the clock.

    Args:
        loop: start again at the end, one frame interval after the last frame.
    """

    can_wait = True

    def __init__(
        self,
        path: Path,
        *,
        pace: Pace = Pace.OWN,
        loop: bool = False,
        timeline: Timeline | None = None,
    ) -> None:
        self._path = path
        self._pace = pace
        self._loop = loop
        self._timeline = timeline or Timeline(SystemClock())

    def frames(self, stop: Event) -> Generator[Frame]:
        """Yield the file's frames; see ``Camera.frames``. Raises ``CameraError``."""
        started_at = self._timeline.count()
        for round_number in itertools.count():
            try:
                with av.open(self._path) as container:
                    if not round_number and self._pace is Pace.FAST:
                        started_at -= (container.duration or 0) / av.time_base
                    lasted = yield from self._played(container, started_at, stop)
            except (av.FFmpegError, OSError) as error:
                reason = getattr(error, "strerror", None) or error
                raise CameraError(
                    f"{self._path} can't be played ({reason}); use a video file that FFmpeg reads"
                ) from error
            if not self._loop or not lasted or stop.is_set():
                return
            started_at += lasted

    def _played(
        self, container: InputContainer, started_at: float, stop: Event
    ) -> Generator[Frame, None, float]:
        """Yield the frames of one round; return its seconds, 0 after a stop or without frames."""
        if not container.streams.video:
            raise CameraError(f"{self._path} has no video; use a file with a video stream")
        at = interval = 0.0
        frames = 0
        for picture, seconds in _timed(container):
            ahead = started_at + seconds - self._timeline.count()
            if stop.wait(ahead if self._pace is Pace.OWN and ahead > 0 else 0):
                return 0.0
            yield Frame(_upright(picture), self._timeline.at(started_at + seconds))
            at, interval, frames = seconds, seconds - at, frames + 1
        return at + (interval or 1 / 30) if frames else 0.0


def _timed(container: InputContainer) -> Iterator[tuple[av.VideoFrame, float]]:
    """Yield pictures with their seconds since the first; skip one that is not later."""
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    first: float | None = None
    last = -1.0
    for number, picture in enumerate(container.decode(stream)):
        rate = float(stream.average_rate or 30)
        at = number / rate if picture.pts is None else picture.time
        first = at if first is None else first
        if at - first > last:
            last = at - first
            yield picture, last


def _upright(picture: av.VideoFrame) -> av.VideoFrame:
    """Rotate a picture upright by its ``rotation``, in degrees counter-clockwise."""
    quarters = round(picture.rotation / 90) % 4
    if not quarters:
        return picture
    pixels = np.asarray(picture.to_ndarray(format="rgb24"), np.uint8)
    return av.VideoFrame.from_ndarray(np.rot90(pixels, quarters).copy(), format="rgb24")
