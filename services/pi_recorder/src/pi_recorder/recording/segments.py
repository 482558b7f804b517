"""Write frames into segments: H.264 in MP4 files that any browser plays.

Every segment begins with a key frame, and no frame is lost or repeated between two segments.
Frames that are encoded here can be cut anywhere, because each segment has its own encoder. Units
that a camera encoded are cut before its next key frame.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import av

from pi_recorder.capture.cameras.base import EncodedUnit, Frame, FrameOrUnit
from pi_recorder.errors import RecordingError
from pi_recorder.events import SegmentRecorded
from pi_recorder.recording.mp4 import TICKS, FrameTrack, Mp4, UnitTrack
from pi_recorder.spool import Segment
from pi_recorder.spool.files import is_disk_full

_SECOND = timedelta(seconds=1)
_USUAL_INTERVAL = _SECOND / 30
_INDEX_BYTES, _INDEX_BYTES_PER_S = 16_000, 800
"""Enough for 60 frames a second; at more, segments are shorter."""
_UNSURE_SEGMENTS = 20_000
"""More than two days; a device without a network for so long will hardly get one."""


class SegmentFiles(Protocol):
    """The files of segments: ``spool.Spool``, or ``SegmentAllocator``, which also pauses."""

    def part(self, started_at: datetime) -> Path | None:
        """Return a path for the segment that begins at ``started_at``; None without room."""
        ...

    def keep(self, part: Path, started_at: datetime, duration_ms: int) -> Segment:
        """Queue the finished file."""
        ...

    def give_up(self, at: datetime, reason: str) -> None:
        """Note that the disk was full in the middle of a file, before the frame of ``at``."""
        ...

    def retime(self, names: Iterable[str], by: timedelta) -> None:
        """Correct the times of the finished files of these names."""
        ...


class SegmentWriter:
    """Cuts the video into segments and queues each finished segment in the spool.

    A segment lasts until the first frame of the next, so the sum of all durations is the time
    recorded. A frame of another size begins a new segment, and so does a frame that is not later
    than the one before.

    Args:
        segment_s: length of a segment, in seconds.
        kbps: bit rate of video that is encoded here, in kilobits a second; see ``FrameTrack``.
    """

    def __init__(self, spool: SegmentFiles, *, segment_s: float, kbps: int | None = None) -> None:
        self._spool = spool
        self._longest = timedelta(seconds=segment_s)
        self._kbps = kbps
        self._index_bytes = _INDEX_BYTES + round(_INDEX_BYTES_PER_S * segment_s)
        self._open: _OpenSegment | None = None
        self._key: EncodedUnit | None = None
        self._interval = _USUAL_INTERVAL
        self._cut_soon = False
        self._paused = False
        self._sure = True
        self._unsure: deque[str] = deque(maxlen=_UNSURE_SEGMENTS)

    def write(self, item: FrameOrUnit) -> SegmentRecorded | None:
        """Write the next frame or unit; return the segment that it ended, if any.

        From a camera that encodes, the first unit must be a key frame, also after ``finish``.

        Raises:
            RecordingError: it can't be encoded or written.
        """
        if isinstance(item, Frame) and item.encoded:
            item = item.encoded
        if isinstance(item, EncodedUnit) and item.is_key:
            self._key = item
        done = None
        try:
            done = self._cut(item)
            if self._open is None:
                self._open = self._begun(item)
            if self._open is not None:
                self._open.write(item)
        except (av.FFmpegError, OSError) as error:
            self._give_up(item.captured_at, error)
        return done

    def finish(self) -> SegmentRecorded | None:
        """End the open segment one frame interval after its last frame. Raises like ``write``."""
        if self._open is None:
            return None
        ends_at = self._open.last_at + self._interval
        try:
            return self._close(ends_at)
        except (av.FFmpegError, OSError) as error:
            self._give_up(ends_at, error)
            return None

    def trust(self, *, clock: bool) -> None:
        """Note whether the clock is known to be right from the next segment on."""
        self._sure = clock
        if clock:
            self._unsure.clear()

    def retime(self, by: timedelta, *, stored: bool) -> None:
        """Correct times after the clock was stepped; the times of later frames are right.

        The open segment gets its right time and ends as soon as another can begin. With ``stored``,
        queued segments of the time when the clock could not be trusted are corrected too.
        """
        if self._open:
            self._open.move(by)
            self._cut_soon = True
        if stored:
            try:
                self._spool.retime(self._unsure, by)
            except OSError as error:
                raise _failed(error) from error
        self._unsure.clear()

    def _cut(self, item: FrameOrUnit) -> SegmentRecorded | None:
        segment = self._open
        if segment is None:
            return None
        later = item.captured_at > segment.last_at
        if later:
            self._interval = item.captured_at - segment.last_at
        if item.captured_at - segment.started_at >= self._longest or not later:
            self._cut_soon = True
        begins = isinstance(item, Frame) or item.is_key
        if (self._cut_soon and begins) or not segment.takes(item):
            return self._close(segment.last_at + self._interval)
        return None

    def _begun(self, item: FrameOrUnit) -> _OpenSegment | None:
        """Open a segment; return None without room, and after a pause until a key frame."""
        if self._paused and isinstance(item, EncodedUnit) and not item.is_key:
            return None
        path = self._spool.part(item.captured_at)
        self._paused = path is None
        if path is None:
            return None
        self._cut_soon = False
        mp4 = Mp4(path, index_bytes=self._index_bytes)
        track = self._track(mp4, item)
        return _OpenSegment(path, mp4, track, item.captured_at, sure=self._sure)

    def _track(self, mp4: Mp4, item: FrameOrUnit) -> FrameTrack | UnitTrack:
        if isinstance(item, Frame):
            return FrameTrack(mp4, item, self._kbps)
        if self._key is None:
            raise RecordingError("the camera's video does not begin with a key frame")
        return UnitTrack(mp4, self._key)

    def _give_up(self, at: datetime, error: Exception) -> None:
        """Leave the file to the spool's recovery if the disk is full; else raise the error."""
        self._open = None
        if not is_disk_full(error):
            raise _failed(error) from error
        self._paused = True
        self._spool.give_up(at, "the disk is full in the middle of a segment")

    def _close(self, ends_at: datetime) -> SegmentRecorded | None:
        done, self._open = self._open, None
        if done is None:
            return None
        done.close(ends_at)
        duration_ms = max(1, round((ends_at - done.started_at) / timedelta(milliseconds=1)))
        segment = self._spool.keep(done.path, done.started_at, duration_ms)
        if not done.sure:
            self._unsure.append(segment.path.name)
        return SegmentRecorded(segment, done.frames)


class _OpenSegment:
    """A segment that is being written.

    Attributes:
        sure: whether the clock could be trusted when it began.
    """

    def __init__(
        self, path: Path, mp4: Mp4, track: FrameTrack | UnitTrack, at: datetime, *, sure: bool
    ) -> None:
        self.path = path
        self.started_at = self.last_at = at
        self.sure = sure
        self.frames = 0
        self._mp4 = mp4
        self._track = track
        self._last_tick = -1

    def takes(self, item: FrameOrUnit) -> bool:
        """Return whether this file can hold it and has room."""
        return self._track.takes(item) and not self._mp4.is_full

    def write(self, item: FrameOrUnit) -> None:
        # A camera's units can't be cut before the next key frame, even if its clock jumps back.
        self._last_tick = max(self._ticks(item.captured_at), self._last_tick + 1)
        self._track.add(item, self._last_tick)
        self.last_at = max(item.captured_at, self.last_at)
        self.frames += 1

    def move(self, by: timedelta) -> None:
        """Correct the times of the segment."""
        self.started_at += by
        self.last_at += by

    def close(self, ends_at: datetime) -> None:
        self._track.finish()
        self._mp4.close(max(self._ticks(ends_at), self._last_tick + 1))

    def _ticks(self, at: datetime) -> int:
        return round((at - self.started_at) / _SECOND * TICKS)


def _failed(error: Exception) -> RecordingError:
    reason = getattr(error, "strerror", None) or error
    return RecordingError(f"the video can't be written ({reason}); is the spool's disk full?")
