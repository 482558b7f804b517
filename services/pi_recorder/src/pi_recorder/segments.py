"""Frames → segments: H.264 in MP4 files that any browser plays.

Every segment has its own encoder, so it begins with a key frame and no frame is lost or shown
twice where one ends and the next begins. While it is written it is a fragmented MP4, of which a
kill or a power cut takes at most the last second; on closing, FFmpeg makes it a plain one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av
from av.video.frame import PictureType

from pi_recorder.cameras.base import Frame
from pi_recorder.errors import RecordingError
from pi_recorder.events import SegmentRecorded
from pi_recorder.spool import Spool

_TICKS = 90_000
_SECOND = timedelta(seconds=1)
_KEY_FRAME_EVERY = timedelta(seconds=2)
_USUAL_INTERVAL = _SECOND / 30
_CONTAINER = {
    "movflags": "hybrid_fragmented+frag_keyframe",
    "frag_duration": "1000000",
    "flush_packets": "1",
}
_ENCODER = {"preset": "veryfast", "tune": "zerolatency", "crf": "23", "forced-idr": "1"}


class SegmentWriter:
    """Cuts the frames into segments and keeps each in the spool when it is done.

    A segment lasts until the first frame of the next, so the sum of all durations is the time
    recorded. A frame of another size begins a new segment.
    """

    def __init__(self, spool: Spool, *, segment_s: float) -> None:
        self._spool = spool
        self._longest = timedelta(seconds=segment_s)
        self._open: _OpenSegment | None = None
        self._interval = _USUAL_INTERVAL

    def write(self, frame: Frame) -> SegmentRecorded | None:
        """Takes the next frame; gives the segment that it ended, if it did.

        Raises:
            RecordingError: it can't be encoded or written.
        """
        try:
            done = self._cut(frame)
            if self._open is None:
                self._open = _OpenSegment(self._spool.part(frame.captured_at), frame)
            else:
                self._interval = frame.captured_at - self._open.last_at
            self._open.write(frame)
        except (av.FFmpegError, OSError) as error:
            raise _failed(error) from error
        return done

    def finish(self) -> SegmentRecorded | None:
        """Ends the open segment, one frame's time after its last frame. Raises as ``write``."""
        if self._open is None:
            return None
        try:
            return self._close(self._open.last_at + self._interval)
        except (av.FFmpegError, OSError) as error:
            raise _failed(error) from error

    def _cut(self, frame: Frame) -> SegmentRecorded | None:
        if self._open is None:
            return None
        full = frame.captured_at - self._open.started_at >= self._longest
        if full or _size(frame) != self._open.size:
            self._interval = frame.captured_at - self._open.last_at
            return self._close(frame.captured_at)
        return None

    def _close(self, ends_at: datetime) -> SegmentRecorded | None:
        done, self._open = self._open, None
        if done is None:
            return None
        done.close(ends_at)
        duration_ms = max(1, round((ends_at - done.started_at) / timedelta(milliseconds=1)))
        segment = self._spool.keep(done.path, done.started_at, duration_ms)
        return SegmentRecorded(segment, done.frames)


class _OpenSegment:
    """One file that is being written. The newest packet waits for the next to know its length."""

    def __init__(self, path: Path, first: Frame) -> None:
        self.path = path
        self.started_at = self.last_at = first.captured_at
        self.size = _size(first)
        self.frames = 0
        self._key_at: datetime | None = None
        self._waiting: av.Packet[av.VideoStream] | None = None
        self._container = av.open(path, "w", format="mp4", options=_CONTAINER)
        self._stream = self._container.add_stream("libx264", rate=30, options=_ENCODER)
        self._stream.width, self._stream.height = self.size
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = Fraction(1, _TICKS)
        self._stream.codec_context.gop_size = 100_000  # key frames come by time, not by number

    def write(self, frame: Frame) -> None:
        width, height = self.size
        picture = frame.picture.reformat(width=width, height=height, format="yuv420p")
        picture.pts, picture.time_base = self._ticks(frame.captured_at), Fraction(1, _TICKS)
        picture.pict_type = self._kind(frame.captured_at)
        for packet in self._stream.encode(picture):
            self._hand_on(packet)
        self.last_at = frame.captured_at
        self.frames += 1

    def close(self, ends_at: datetime) -> None:
        for packet in self._stream.encode():
            self._hand_on(packet)
        self._mux_waiting(self._ticks(ends_at))
        self._container.close()

    def _kind(self, at: datetime) -> PictureType:
        """A key frame every two seconds; a file's own kinds would otherwise be kept."""
        if self._key_at is None or at - self._key_at >= _KEY_FRAME_EVERY:
            self._key_at = at
            return PictureType.I
        return PictureType.NONE

    def _ticks(self, at: datetime) -> int:
        return round((at - self.started_at) / _SECOND * _TICKS)

    def _hand_on(self, packet: av.Packet[av.VideoStream]) -> None:
        if packet.pts is not None:
            self._mux_waiting(packet.pts)
        self._waiting = packet

    def _mux_waiting(self, until: int) -> None:
        if self._waiting is not None and self._waiting.pts is not None:
            self._waiting.duration = until - self._waiting.pts
            self._container.mux(self._waiting)


def _size(frame: Frame) -> tuple[int, int]:
    """Width and height; even, as yuv420p wants them."""
    return frame.picture.width // 2 * 2, frame.picture.height // 2 * 2


def _failed(error: Exception) -> RecordingError:
    reason = getattr(error, "strerror", None) or error
    return RecordingError(f"the video can't be written ({reason}); is the spool's disk full?")
