"""The video track of a segment: frames encoded here, or units that the camera encoded.

All times are ticks of ``mp4.TICKS`` since the segment's first frame.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, cast

import av
from av.video.frame import PictureType

from pi_recorder.capture.cameras.base import EncodedUnit, Frame, FrameOrUnit
from pi_recorder.capture.cameras.h264 import parameter_sets
from pi_recorder.capture.scaling import converted
from pi_recorder.recording.mp4 import TICKS, TIME_BASE, Mp4

if TYPE_CHECKING:
    from pi_recorder.recording.mp4 import Packet

_KEY_FRAME_EVERY = 2 * TICKS
_ENCODER = {"preset": "veryfast", "tune": "zerolatency", "forced-idr": "1"}
_CRF = "23"


class FrameTrack:
    """A track that encodes frames of one size as H.264, with a key frame every two seconds.

    Args:
        kbps: average kilobits a second; by quality if not given.
    """

    def __init__(self, mp4: Mp4, first: Frame, kbps: int | None) -> None:
        self._mp4 = mp4
        self._size = _size(first)
        self._key_at: int | None = None
        rate = {"crf": _CRF} if kbps is None else _capped(kbps)
        self._stream = mp4.container.add_stream("libx264", rate=30, options={**_ENCODER, **rate})
        self._stream.width, self._stream.height = self._size
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = TIME_BASE
        self._stream.codec_context.gop_size = 100_000  # key frames are set by time, not by count
        mp4.begin()

    def takes(self, item: FrameOrUnit) -> bool:
        """Return whether it can be in the same file: it must be a frame of the same size."""
        return isinstance(item, Frame) and _size(item) == self._size

    def add(self, item: FrameOrUnit, at: int) -> None:
        """Encode the next frame, for which ``takes`` is true."""
        frame = cast(Frame, item)
        width, height = self._size
        picture = converted(frame.picture, "yuv420p", width=width, height=height)
        picture.pts, picture.time_base = at, TIME_BASE
        picture.pict_type = self._kind(at)
        for packet in self._stream.encode(picture):
            self._mp4.add(packet)

    def finish(self) -> None:
        """Write what the encoder still holds; no frame follows."""
        for packet in self._stream.encode():
            self._mp4.add(packet)

    def _kind(self, at: int) -> PictureType:
        """Return the type to encode; a decoded picture would otherwise keep its own type."""
        if self._key_at is None or at - self._key_at >= _KEY_FRAME_EVERY:
            self._key_at = at
            return PictureType.I
        return PictureType.NONE


class UnitTrack:
    """A track of units that the camera encoded; FFmpeg reads their format from the key frame."""

    def __init__(self, mp4: Mp4, key: EncodedUnit) -> None:
        self._mp4 = mp4
        self._parameters = parameter_sets(key.data)
        with av.open(io.BytesIO(key.data), format="h264") as source:
            template = source.streams.video[0]
            self._stream = mp4.container.add_stream_from_template(template, opaque=True)
        self._stream.time_base = TIME_BASE
        mp4.begin()

    def takes(self, item: FrameOrUnit) -> bool:
        """Return whether it can be in the same file: its parameter sets must be the same."""
        if isinstance(item, Frame):
            return False
        return not item.is_key or parameter_sets(item.data) == self._parameters

    def add(self, item: FrameOrUnit, at: int) -> None:
        """Add the next unit, for which ``takes`` is true."""
        unit = cast(EncodedUnit, item)
        packet = cast("Packet", av.Packet(unit.data))
        packet.pts = packet.dts = at
        packet.time_base, packet.is_keyframe = TIME_BASE, unit.is_key
        packet.stream = self._stream
        self._mp4.add(packet)

    def finish(self) -> None:
        """Do nothing: every unit is already written."""


def _size(frame: Frame) -> tuple[int, int]:
    """Return width and height, rounded down to even numbers for yuv420p."""
    return frame.picture.width // 2 * 2, frame.picture.height // 2 * 2


def _capped(kbps: int) -> dict[str, str]:
    rate = f"{kbps}k"
    return {"b": rate, "maxrate": rate, "bufsize": f"{2 * kbps}k"}
