"""Test doubles for tests of other packages: a camera without hardware, and a settable clock.

``FakeCamera`` plays a script, and fails when the script says so. Every picture shows its number,
drawn large enough to be read after H.264 encoding::

    >>> from threading import Event
    >>> camera = FakeCamera([Show(1 / 25)] * 2 + [Jump(2.0), Show(1 / 25)])
    >>> frames = list(camera.frames(Event()))
    >>> [picture_number(frame.picture) for frame in frames]
    [0, 1, 2]
    >>> (frames[2].captured_at - frames[1].captured_at).total_seconds()
    2.04

A fault ends the frames; the camera continues its script when it is opened again::

    >>> camera = FakeCamera([Fault("unplugged"), Show()])
    >>> list(camera.frames(Event()))
    Traceback (most recent call last):
    pi_recorder.errors.CameraError: unplugged
    >>> len(list(camera.frames(Event())))
    1

``FakeClock`` stands still until a test moves it::

    >>> clock = FakeClock(datetime(2026, 1, 2, 12, tzinfo=UTC))
    >>> clock.advance(90)
    >>> f"{clock.wall():%H:%M:%S}"
    '12:01:30'
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event

import av
import numpy as np

from pi_recorder.capture.cameras.base import EncodedUnit, Frame
from pi_recorder.errors import CameraError
from pi_recorder.recording.mp4 import TIME_BASE

_BITS, _CELL, _GREY = 16, 16, 128


@dataclass(frozen=True, slots=True)
class Show:
    """One picture, seen for ``seconds``; ``width`` is a multiple of 16 and at least 256."""

    seconds: float = 1 / 30
    width: int = 256
    height: int = 64


@dataclass(frozen=True, slots=True)
class Fault:
    """The camera fails with this message; when it is opened again, it continues the script."""

    message: str = "the fake camera broke"


@dataclass(frozen=True, slots=True)
class Jump:
    """A gap of so many seconds before the next picture; if negative, its time goes back."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Stall:
    """No frame comes until the camera is stopped."""


@dataclass(frozen=True, slots=True, eq=False)
class Hang:
    """No frame comes until ``until`` is set, even after a stop: a driver that hangs in a call."""

    until: Event


Step = Show | Fault | Jump | Stall | Hang


class FakeCamera:
    """A camera that plays a script, and continues it each time it is opened again.

    Args:
        script: may be endless.
        started_at: when the first picture is captured; now if not given.
        on_time: plays at the script's pace; otherwise as fast as frames are taken.
        can_wait: see ``Camera.can_wait``.
        key_every: also encode, with a key frame every so many pictures; see ``EncodedUnit``.
    """

    def __init__(
        self,
        script: Iterable[Step],
        *,
        started_at: datetime | None = None,
        on_time: bool = False,
        can_wait: bool = True,
        key_every: int | None = None,
    ) -> None:
        self._steps = iter(script)
        self._shown = 0
        self._at = started_at
        self._on_time = on_time
        self._key_every = key_every
        self.can_wait = can_wait

    def frames(self, stop: Event) -> Generator[Frame]:
        """Yield the script's next pictures; see ``Camera.frames``."""
        now = datetime.now(UTC)
        self._at = max(self._at or now, now) if self._on_time else self._at or now
        encoder = FakeEncoder(self._key_every) if self._key_every else None
        while not stop.is_set() and (step := next(self._steps, None)):
            match step:
                case Show(seconds, width, height):
                    yield self._frame(numbered_picture(self._shown, width, height), encoder)
                    self._shown += 1
                    self._at += timedelta(seconds=seconds)
                    stop.wait(seconds if self._on_time else 0)
                case Jump(seconds):
                    self._at += timedelta(seconds=seconds)
                case Fault(message):
                    raise CameraError(message)
                case Stall():
                    stop.wait()
                case Hang(until):
                    until.wait()

    def _frame(self, picture: av.VideoFrame, encoder: FakeEncoder | None) -> Frame:
        at = self._at or datetime.now(UTC)
        return Frame(picture, at, encoder.unit(picture, at) if encoder else None)


class FakeEncoder:
    """An encoder like a camera's own: H.264 in Annex B form, headers with each key frame."""

    def __init__(self, key_every: int) -> None:
        self._key_every = key_every
        self._context: av.VideoCodecContext | None = None
        self._count = 0

    def unit(self, picture: av.VideoFrame, captured_at: datetime) -> EncodedUnit:
        """Encode a picture; all must have one size."""
        if self._context is None:
            self._context = self._opened(picture)
        frame = picture.reformat(format="yuv420p")
        frame.pts, frame.time_base = self._count, TIME_BASE
        self._count += 1
        [packet] = self._context.encode(frame)
        return EncodedUnit(bytes(packet), packet.is_keyframe, captured_at)

    def _opened(self, picture: av.VideoFrame) -> av.VideoCodecContext:
        context = av.VideoCodecContext.create("libx264", "w")
        context.width, context.height = picture.width, picture.height
        context.pix_fmt, context.time_base = "yuv420p", TIME_BASE
        context.gop_size = self._key_every
        context.options = {"preset": "ultrafast", "tune": "zerolatency", "forced-idr": "1"}
        context.options["x264-params"] = f"keyint={self._key_every}:scenecut=0"
        return context


def numbered_picture(number: int, width: int = 256, height: int = 64) -> av.VideoFrame:
    """Draw ``number``, modulo 65536, as 16 black or white cells in a picture's first rows."""
    pixels = np.full((height, width, 3), _GREY, np.uint8)
    for bit in range(_BITS):
        pixels[:_CELL, bit * _CELL : (bit + 1) * _CELL] = 255 * (number >> bit & 1)
    return av.VideoFrame.from_ndarray(pixels, format="rgb24")


def picture_number(picture: av.VideoFrame) -> int:
    """Return the number that ``numbered_picture`` drew."""
    grey = picture.to_ndarray(format="gray")
    cells = grey[_CELL // 2, _CELL // 2 : _BITS * _CELL : _CELL]
    return sum(1 << bit for bit, value in enumerate(cells) if value > _GREY)


class FakeClock:
    """A clock that stands still until a test moves it.

    Attributes:
        is_synchronized: what ``synchronized`` returns.
    """

    def __init__(self, wall: datetime, *, is_synchronized: bool = False) -> None:
        self._count = 1000.0
        self._wall = wall
        self.is_synchronized = is_synchronized

    def count(self) -> float:
        """See ``Clock``."""
        return self._count

    def wall(self) -> datetime:
        """See ``Clock``."""
        return self._wall

    def synchronized(self) -> bool:
        """See ``Clock``."""
        return self.is_synchronized

    def advance(self, seconds: float) -> None:
        """Let this much time pass."""
        self._count += seconds
        self.step(seconds)

    def step(self, seconds: float) -> None:
        """Set the system's clock forward by so much, as NTP does."""
        self._wall += timedelta(seconds=seconds)
