"""What goes into a segment: pictures, encoded here, or what the camera encoded, as it is.

All times are ticks of ``mp4.TICKS`` since the segment's first frame.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, cast

import av
from av.video.frame import PictureType

from pi_recorder.capture.cameras.base import EncodedUnit, Frame, Shot
from pi_recorder.capture.cameras.h264 import parameter_sets
from pi_recorder.capture.scaling import converted
from pi_recorder.recording.mp4 import TICKS, TIME_BASE, Mp4

if TYPE_CHECKING:
    from pi_recorder.recording.mp4 import Packet

_KEY_FRAME_EVERY = 2 * TICKS
_ENCODER = {"preset": "veryfast", "tune": "zerolatency", "forced-idr": "1"}
_CRF = "23"


class PictureTrack:
    """Encodes pictures of one size as H.264, with a key frame every two seconds.

    Args:
        kbps: kilobits a second, on the average; without it, as many as a good picture needs.
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
        self._stream.codec_context.gop_size = 100_000  # key frames come by time, not by number
        mp4.begin()

    def takes(self, shot: Shot) -> bool:
        """Whether it may be in the same file: of another size it may not."""
        return isinstance(shot, Frame) and _size(shot) == self._size

    def add(self, shot: Shot, at: int) -> None:
        """Encodes the next picture, one that it takes."""
        frame = cast(Frame, shot)
        width, height = self._size
        picture = converted(frame.picture, "yuv420p", width=width, height=height)
        picture.pts, picture.time_base = at, TIME_BASE
        picture.pict_type = self._kind(at)
        for packet in self._stream.encode(picture):
            self._mp4.add(packet)

    def finish(self) -> None:
        """No picture will follow."""
        for packet in self._stream.encode():
            self._mp4.add(packet)

    def _kind(self, at: int) -> PictureType:
        """A file's own kinds of picture would otherwise be kept."""
        if self._key_at is None or at - self._key_at >= _KEY_FRAME_EVERY:
            self._key_at = at
            return PictureType.I
        return PictureType.NONE


class UnitTrack:
    """Takes over what the camera encoded; FFmpeg reads what it is from its key frame."""

    def __init__(self, mp4: Mp4, key: EncodedUnit) -> None:
        self._mp4 = mp4
        self._parameters = parameter_sets(key.data)
        with av.open(io.BytesIO(key.data), format="h264") as source:
            template = source.streams.video[0]
            self._stream = mp4.container.add_stream_from_template(template, opaque=True)
        self._stream.time_base = TIME_BASE
        mp4.begin()

    def takes(self, shot: Shot) -> bool:
        """Whether it may be in the same file: after new parameter sets it may not."""
        if isinstance(shot, Frame):
            return False
        return not shot.is_key or parameter_sets(shot.data) == self._parameters

    def add(self, shot: Shot, at: int) -> None:
        """The next unit, one that it takes."""
        unit = cast(EncodedUnit, shot)
        packet = cast("Packet", av.Packet(unit.data))
        packet.pts = packet.dts = at
        packet.time_base, packet.is_keyframe = TIME_BASE, unit.is_key
        packet.stream = self._stream
        self._mp4.add(packet)

    def finish(self) -> None:
        """No unit will follow."""


def _size(frame: Frame) -> tuple[int, int]:
    """Width and height; even, as yuv420p wants them."""
    return frame.picture.width // 2 * 2, frame.picture.height // 2 * 2


def _capped(kbps: int) -> dict[str, str]:
    rate = f"{kbps}k"
    return {"b": rate, "maxrate": rate, "bufsize": f"{2 * kbps}k"}
