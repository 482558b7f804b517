"""The newest frame, kept for whoever looks; a frame that nobody looks at costs nothing."""

from __future__ import annotations

import asyncio
import io
import time
from dataclasses import dataclass
from typing import Protocol

import anyio.to_thread
from PIL import Image

from pi_recorder.capture.cameras.base import Frame
from pi_recorder.capture.scaling import converted


@dataclass(frozen=True, slots=True, eq=False)
class NumberedFrame:
    """A frame and its number since the start, which tells it from the one before."""

    number: int
    frame: Frame


class LatestPicture(Protocol):
    """What the live page looks at."""

    def latest(self) -> NumberedFrame | None:
        """The newest frame, at once; None before the first."""
        ...


class PictureSlot:
    """The capture puts, anybody looks; a reference is exchanged, so neither ever waits."""

    def __init__(self) -> None:
        self._latest: NumberedFrame | None = None

    def put(self, frame: Frame) -> None:
        """Replaces the frame that is there; called by one thread only."""
        before = self._latest
        self._latest = NumberedFrame(before.number + 1 if before else 1, frame)

    def latest(self) -> NumberedFrame | None:
        """The newest frame, at once; None before the first."""
        return self._latest


# Encodes the newest frame for whoever asks: once for all who watch, and so often at most.


_LONGEST_PX = 960
_QUALITY = 80
_LOOK_EVERY_S = 0.04
_LONGEST_WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Jpeg:
    """An encoded frame, with the frame's number."""

    number: int
    content: bytes


class Jpegs:
    """Used by one event loop. While nobody asks, nothing is encoded.

    Args:
        fps: the most pictures a second, however many watch.
    """

    def __init__(self, pictures: LatestPicture, *, fps: float) -> None:
        self._pictures = pictures
        self._pause_s = 1 / fps
        self._turn = asyncio.Lock()
        self._made: Jpeg | None = None
        self._next_at = 0.0

    async def other_than(self, number: int) -> Jpeg | None:
        """Waits for a picture that is not this one; None when none came within ten seconds."""
        end = time.monotonic() + _LONGEST_WAIT_S
        while time.monotonic() < end:
            async with self._turn:
                await self._renew()
            if self._made and self._made.number != number:
                return self._made
            await asyncio.sleep(_LOOK_EVERY_S)
        return None

    async def _renew(self) -> None:
        newest = self._pictures.latest()
        if newest is None or time.monotonic() < self._next_at:
            return
        if self._made is None or self._made.number != newest.number:
            self._next_at = time.monotonic() + self._pause_s
            self._made = await anyio.to_thread.run_sync(_encoded, newest)


def _encoded(newest: NumberedFrame) -> Jpeg:
    picture = newest.frame.picture
    scale = min(1.0, _LONGEST_PX / max(picture.width, picture.height))
    width, height = (max(1, round(side * scale)) for side in (picture.width, picture.height))
    small = converted(picture, "rgb24", width=width, height=height)
    file = io.BytesIO()
    Image.fromarray(small.to_ndarray()).save(file, "JPEG", quality=_QUALITY)
    return Jpeg(newest.number, file.getvalue())
