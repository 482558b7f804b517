"""Encode the latest frame for the live page, once for all viewers and at most at ``fps``."""

from __future__ import annotations

import asyncio
import io
import time
from dataclasses import dataclass

import anyio.to_thread
from PIL import Image

from pi_recorder.capture.latest_frame import LatestFrame, NumberedFrame
from pi_recorder.capture.scaling import converted

_LONGEST_PX = 960
_QUALITY = 80
_POLL_INTERVAL_S = 0.04
_LONGEST_WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Jpeg:
    """An encoded frame, with the frame's number."""

    number: int
    content: bytes


class Jpegs:
    """JPEGs of the latest frames, encoded only on request; used by one event loop.

    Args:
        fps: the most pictures a second, for all viewers together.
    """

    def __init__(self, pictures: LatestFrame, *, fps: float) -> None:
        self._pictures = pictures
        self._pause_s = 1 / fps
        self._turn = asyncio.Lock()
        self._made: Jpeg | None = None
        self._next_at = 0.0

    async def other_than(self, number: int) -> Jpeg | None:
        """Wait for a picture with another number; return None if none comes in ten seconds."""
        end = time.monotonic() + _LONGEST_WAIT_S
        while time.monotonic() < end:
            async with self._turn:
                await self._renew()
            if self._made and self._made.number != number:
                return self._made
            await asyncio.sleep(_POLL_INTERVAL_S)
        return None

    async def _renew(self) -> None:
        latest_frame = self._pictures.latest()
        if latest_frame is None or time.monotonic() < self._next_at:
            return
        if self._made is None or self._made.number != latest_frame.number:
            self._next_at = time.monotonic() + self._pause_s
            self._made = await anyio.to_thread.run_sync(_encoded, latest_frame)


def _encoded(latest_frame: NumberedFrame) -> Jpeg:
    picture = latest_frame.frame.picture
    scale = min(1.0, _LONGEST_PX / max(picture.width, picture.height))
    width, height = (max(1, round(side * scale)) for side in (picture.width, picture.height))
    small = converted(picture, "rgb24", width=width, height=height)
    file = io.BytesIO()
    Image.fromarray(small.to_ndarray()).save(file, "JPEG", quality=_QUALITY)
    return Jpeg(latest_frame.number, file.getvalue())
