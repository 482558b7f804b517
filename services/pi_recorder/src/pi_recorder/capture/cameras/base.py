"""The interface of a camera, its frames, and H.264 in Annex B form.

In Annex B, NAL units stand each after a start code (ITU-T H.264).
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Protocol

import av


@dataclass(frozen=True, slots=True, eq=False)
class EncodedUnit:
    """One picture as the camera itself encoded it.

    Attributes:
        data: one H.264 access unit in Annex B form, in presentation order. A key frame's unit
            begins with its SPS and PPS.
        is_key: whether decoding can begin here.
        captured_at: as in ``Frame``.
    """

    data: bytes
    is_key: bool
    captured_at: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture.

    Attributes:
        picture: in any size and pixel format that FFmpeg knows; for recognition, and for the
            recording unless there is ``encoded``.
        captured_at: UTC. It increases from frame to frame even if the system's clock is stepped;
            see ``clock.Timeline``.
        encoded: for the recording, from a camera that encodes by itself. Encoding takes time, so
            it may have been captured before the picture.
    """

    picture: av.VideoFrame
    captured_at: datetime
    encoded: EncodedUnit | None = None


FrameOrUnit = Frame | EncodedUnit
"""What a segment is made of: frames to encode, or units that a camera encoded."""


class Camera(Protocol):
    """A source of frames, until it ends by itself or is stopped."""

    @property
    def can_wait(self) -> bool:
        """Whether it loses no frame while its next frame is not taken, like a file.

        A camera that can't wait is live: it is watched, and opened again when it is away.
        """
        ...

    def frames(self, stop: Event) -> Generator[Frame]:
        """Open the camera and yield its frames in order; closing the generator closes the camera.

        For a live camera it can be called again after it ended.

        Args:
            stop: the frames end soon after it is set.

        Raises:
            CameraError: the camera can't be opened, or failed.
        """
        ...


_START = re.compile(b"\x00\x00\x01")
_SPS, _PPS = 7, 8


def nal_units(data: bytes) -> Iterator[bytes]:
    """Yield the NAL units without their start codes, in order."""
    starts = [found.end() for found in _START.finditer(data)]
    ends = [start - 3 for start in starts[1:]] + [len(data)]
    for start, end in zip(starts, ends, strict=True):
        yield data[start:end].rstrip(b"\x00")


def parameter_sets(data: bytes) -> bytes:
    """Return the SPS and PPS among the units, in Annex B form; empty if there is none."""
    sets = (unit for unit in nal_units(data) if _kind(unit) in (_SPS, _PPS))
    return b"".join(b"\x00\x00\x00\x01" + unit for unit in sets)


def _kind(unit: bytes) -> int:
    return unit[0] & 31 if unit else 0


class Units:
    """Makes units whose key frames begin with their parameter sets.

    Args:
        parameters: sets that are already known, in Annex B form.
    """

    def __init__(self, parameters: bytes = b"") -> None:
        self._parameters = parameters

    def unit(self, data: bytes, captured_at: datetime, *, is_key: bool) -> EncodedUnit:
        """Return a unit; it is no key frame while no parameter sets are known."""
        if is_key and not (own := parameter_sets(data)):
            data = self._parameters + data
        elif is_key:
            self._parameters = own
        return EncodedUnit(data, is_key and bool(self._parameters), captured_at)
