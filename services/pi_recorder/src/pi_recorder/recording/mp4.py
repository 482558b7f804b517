"""One MP4 file: crash-safe while it is written, quick to play when it is finished.

While it is written it is a fragmented MP4, of which a kill or a power cut costs at most the last
second. On closing, FFmpeg turns it into a plain MP4 with its index (``moov``) at the front, in
space that was reserved for it: a browser plays and seeks without reading the end first, and
nothing is written twice.
"""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.video.stream import VideoStream

from pi_recorder.spool.files import make_private_file

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

if TYPE_CHECKING:
    Packet = av.Packet[VideoStream]


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
