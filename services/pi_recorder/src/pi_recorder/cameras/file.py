"""A video file as a camera."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from threading import Event

import av
import numpy as np
from av.container import InputContainer

from pi_recorder.cameras.base import Frame
from pi_recorder.errors import CameraError


class Pace(StrEnum):
    """How fast a file is played."""

    OWN = "own"
    """As fast as it was filmed."""
    FAST = "fast"
    """As fast as it can be recorded."""


class FileCamera:
    """Plays a file once, turned upright if its own metadata says that it lies on its side.

    At its own pace the first frame is now; played fast, the last one is about now, so that no
    frame lies in the future.
    """

    can_wait = True

    def __init__(self, path: Path, *, pace: Pace = Pace.OWN) -> None:
        self._path = path
        self._pace = pace

    def frames(self, stop: Event) -> Generator[Frame]:
        """The file's frames; see ``Camera.frames``. Raises ``CameraError``."""
        try:
            with av.open(self._path) as container:
                yield from self._played(container, stop)
        except (av.FFmpegError, OSError) as error:
            reason = getattr(error, "strerror", None) or error
            raise CameraError(
                f"{self._path} can't be played ({reason}); give a video file that FFmpeg reads"
            ) from error

    def _played(self, container: InputContainer, stop: Event) -> Generator[Frame]:
        if not container.streams.video:
            raise CameraError(f"{self._path} holds no video; give a file with a video stream")
        begun, started_at = time.monotonic(), self._started_at(container)
        for picture, elapsed in _timed(container):
            ahead = begun + elapsed - time.monotonic()
            if stop.wait(ahead if self._pace is Pace.OWN and ahead > 0 else 0):
                return
            yield Frame(_upright(picture), started_at + timedelta(seconds=elapsed))

    def _started_at(self, container: InputContainer) -> datetime:
        now = datetime.now(UTC)
        if self._pace is Pace.OWN or not container.duration:
            return now
        return now - timedelta(microseconds=container.duration)


def _timed(container: InputContainer) -> Iterator[tuple[av.VideoFrame, float]]:
    """Pictures with their seconds since the first; one that does not come later is left out."""
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
    """Phones film on their side and say so; ``rotation`` is in degrees, counter-clockwise."""
    quarters = round(picture.rotation / 90) % 4
    if not quarters:
        return picture
    pixels = np.asarray(picture.to_ndarray(format="rgb24"), np.uint8)
    return av.VideoFrame.from_ndarray(np.rot90(pixels, quarters).copy(), format="rgb24")
