"""A camera without hardware: shows what its script says, and fails when the script says so.

Every picture carries its number, drawn so large that it can be read back after H.264.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event

import av
import numpy as np

from pi_recorder.cameras.base import Frame
from pi_recorder.errors import CameraError

_BITS, _CELL, _GREY = 16, 16, 128


@dataclass(frozen=True, slots=True)
class Show:
    """One picture, seen for ``seconds``; ``width`` is a multiple of 16 and at least 256."""

    seconds: float = 1 / 30
    width: int = 256
    height: int = 64


@dataclass(frozen=True, slots=True)
class Fault:
    """The camera breaks, with this message."""

    message: str = "the fake camera broke"


class FakeCamera:
    """Plays a script of ``Show`` and ``Fault``.

    Args:
        script: may be endless.
        started_at: when the first picture is captured; now if not given.
        on_time: takes the time that the script says; otherwise as fast as it is asked.
        can_wait: what it says of itself; see ``Camera.can_wait``.
    """

    def __init__(
        self,
        script: Iterable[Show | Fault],
        *,
        started_at: datetime | None = None,
        on_time: bool = False,
        can_wait: bool = True,
    ) -> None:
        self._script = script
        self._started_at = started_at
        self._on_time = on_time
        self.can_wait = can_wait

    def frames(self, stop: Event) -> Generator[Frame]:
        """The script's pictures; see ``Camera.frames``."""
        captured_at = self._started_at or datetime.now(UTC)
        for number, step in enumerate(self._script):
            if stop.is_set():
                return
            if isinstance(step, Fault):
                raise CameraError(step.message)
            yield Frame(numbered_picture(number, step.width, step.height), captured_at)
            captured_at += timedelta(seconds=step.seconds)
            if self._on_time:
                stop.wait(step.seconds)


def numbered_picture(number: int, width: int = 256, height: int = 64) -> av.VideoFrame:
    """A picture with ``number``, modulo 65536, as 16 black or white cells in its first rows."""
    pixels = np.full((height, width, 3), _GREY, np.uint8)
    for bit in range(_BITS):
        pixels[:_CELL, bit * _CELL : (bit + 1) * _CELL] = 255 * (number >> bit & 1)
    return av.VideoFrame.from_ndarray(pixels, format="rgb24")


def picture_number(picture: av.VideoFrame) -> int:
    """The number that ``numbered_picture`` drew."""
    grey = picture.to_ndarray(format="gray")
    cells = grey[_CELL // 2, _CELL // 2 : _BITS * _CELL : _CELL]
    return sum(1 << bit for bit, value in enumerate(cells) if value > _GREY)
