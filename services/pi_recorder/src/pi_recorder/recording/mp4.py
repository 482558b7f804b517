"""One MP4 file: crash-safe while it is written, quick to play when it is done.

While it is written it is a fragmented MP4, of which a kill or a power cut takes at most the last
second. On closing, FFmpeg makes it a plain one whose index (``moov``) stands at its front, where
room was left for it: a browser plays and seeks without reading the end first, and nothing had to
be written twice.
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
"""A second, in a file's own time."""
TIME_BASE = Fraction(1, TICKS)

_CONTAINER = {
    "movflags": "hybrid_fragmented+frag_keyframe",
    "frag_duration": "1000000",
    "flush_packets": "1",
}
_HEADERS_BYTES = 4096
_FRAME_BYTES = 12
"""Of the index, at most: a frame's length and size (stts, stsz)."""
_FRAGMENT_BYTES = 32
"""A fragment's place and a key frame's number (stsc, co64, stss)."""

if TYPE_CHECKING:
    Packet = av.Packet[VideoStream]


class Mp4:
    """Writes packets. The newest waits for the next, to know how long it is shown.

    Args:
        index_bytes: room for the index.
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
        """Writes the head; the stream is known."""
        self.container.start_encoding()
        _cover(self._path, self._room)

    @property
    def is_full(self) -> bool:
        """Whether another frame might find no place in the index."""
        return self._index_left < 4 * (_FRAME_BYTES + _FRAGMENT_BYTES)

    def add(self, packet: Packet) -> None:
        """The next packet."""
        if packet.pts is not None:
            self._write_waiting(packet.pts)
        self._waiting = packet

    def close(self, ends_at: int) -> None:
        """Finishes the file; the last frame is shown until that tick."""
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
    """Marks the room as a box to skip; FFmpeg leaves it blank, where a player would give up."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        file_type_box = int.from_bytes(os.pread(descriptor, 4, 0), "big")
        os.pwrite(descriptor, room.to_bytes(4, "big") + b"free", file_type_box)
    finally:
        os.close(descriptor)
