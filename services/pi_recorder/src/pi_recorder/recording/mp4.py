"""One MP4 file: crash-safe while it is written, quick to play when it is finished.

While it is written it is a fragmented MP4, of which a kill or a power cut costs at most the last
second. On closing, FFmpeg turns it into a plain MP4 with its index (``moov``) at the front, in
space that was reserved for it: a browser plays and seeks without reading the end first, and
nothing is written twice.

Its video track takes frames that are encoded here, or units that the camera encoded. All times are
ticks of ``TICKS`` since the segment's first frame.
"""

from __future__ import annotations

import io
import os
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
from av.video.frame import PictureType
from av.video.stream import VideoStream

from pi_recorder.capture.cameras.base import EncodedUnit, Frame, FrameOrUnit, parameter_sets
from pi_recorder.capture.scaling import converted
from pi_recorder.spool.files import make_private_file

if TYPE_CHECKING:
    Packet = av.Packet[VideoStream]

TICKS = 90_000
"""Ticks a second of a file's time base."""
TIME_BASE = Fraction(1, TICKS)

_CONTAINER = {
    "movflags": "hybrid_fragmented+frag_keyframe",
    "frag_duration": "1000000",
    "flush_packets": "1",
}
_HEADERS_BYTES = 4096
_FRAME_BYTES = 12
"""Most bytes of the index for a frame: its duration and size (stts, stsz)."""
_FRAGMENT_BYTES = 32
"""Most bytes of the index for a fragment's offset and a key frame's number (stsc, co64, stss)."""


class Mp4:
    """A file of packets. The latest packet waits for the next, which gives its duration.

    Args:
        index_bytes: bytes to reserve for the index.
    """

    def __init__(self, path: Path, *, index_bytes: int) -> None:
        self._path = path
        self._room = _HEADERS_BYTES + index_bytes
        self._index_left = index_bytes
        self._waiting: Packet | None = None
        self._fragment_until = 0
        options = {**_CONTAINER, "moov_size": str(self._room)}
        make_private_file(path)
        self.container = av.open(path, "w", format="mp4", options=options)

    def begin(self) -> None:
        """Write the header; call it when the stream was added."""
        self.container.start_encoding()
        _cover(self._path, self._room)

    @property
    def is_full(self) -> bool:
        """Whether the index might have no room for another frame."""
        return self._index_left < 4 * (_FRAME_BYTES + _FRAGMENT_BYTES)

    def add(self, packet: Packet) -> None:
        """Add the next packet."""
        if packet.pts is not None:
            self._write_waiting(packet.pts)
        self._waiting = packet

    def close(self, ends_at: int) -> None:
        """Finish the file; the last frame is shown until the tick ``ends_at``."""
        self._write_waiting(ends_at)
        self.container.close()

    def _write_waiting(self, until: int) -> None:
        packet = self._waiting
        if packet is None or packet.pts is None:
            return
        packet.duration = until - packet.pts
        self._index_left -= _FRAME_BYTES
        if packet.is_keyframe or packet.pts >= self._fragment_until:
            self._index_left -= _FRAGMENT_BYTES
            self._fragment_until = packet.pts + TICKS
        self.container.mux(packet)


def _cover(path: Path, room: int) -> None:
    """Mark the reserved space as a ``free`` box; players stop at the zeros that FFmpeg leaves."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        file_type_box = int.from_bytes(os.pread(descriptor, 4, 0), "big")
        os.pwrite(descriptor, room.to_bytes(4, "big") + b"free", file_type_box)
    finally:
        os.close(descriptor)


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
