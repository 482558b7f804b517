"""Frames → segments: H.264 in MP4 files that any browser plays.

Every segment begins with a key frame, and no frame is lost or shown twice where one ends and the
next begins. Pictures are encoded with an encoder for each segment, so they are cut anywhere. What
a camera encoded is cut before its next key frame.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import av

from pi_recorder.capture.cameras.base import EncodedUnit, Frame, Shot
from pi_recorder.errors import RecordingError
from pi_recorder.events import SegmentRecorded
from pi_recorder.recording.mp4 import TICKS, Mp4
from pi_recorder.recording.mp4_tracks import PictureTrack, UnitTrack
from pi_recorder.spool import Segment
from pi_recorder.spool.files import is_disk_full

_SECOND = timedelta(seconds=1)
_USUAL_INTERVAL = _SECOND / 30
_INDEX_BYTES, _INDEX_BYTES_PER_S = 16_000, 800
"""For 60 frames a second; with more, a segment is shorter."""
_UNSURE_SEGMENTS = 20_000
"""Two days and more: by then a network has come, or none will."""


class SegmentFiles(Protocol):
    """Where files come from and go to; ``spool.Spool`` is one, ``SegmentAllocator`` pauses too."""

    def part(self, started_at: datetime) -> Path | None:
        """A file for the segment that begins then; None while there is no room for any."""
        ...

    def keep(self, part: Path, started_at: datetime, duration_ms: int) -> Segment:
        """Takes the finished file."""
        ...

    def give_up(self, at: datetime, reason: str) -> None:
        """The disk was full in the middle of a file; the frame of ``at`` is not in it."""
        ...

    def retime(self, names: Iterable[str], by: timedelta) -> None:
        """Dates the finished files of these names anew."""
        ...


class SegmentWriter:
    """Cuts the frames into segments and keeps each in the spool when it is done.

    A segment lasts until the first frame of the next, so the sum of all durations is the time
    recorded. A frame of another size begins a new segment, as does one that is not later.

    Args:
        segment_s: length of a segment.
        kbps: of the video, in kilobits a second, if it is encoded here; see ``PictureTrack``.
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

    def write(self, shot: Shot) -> SegmentRecorded | None:
        """Takes the next frame; gives the segment that it ended, if it did.

        Of a camera that encodes, the first one ever and after ``finish`` is a key frame.

        Raises:
            RecordingError: it can't be encoded or written.
        """
        if isinstance(shot, Frame) and shot.encoded:
            shot = shot.encoded
        if isinstance(shot, EncodedUnit) and shot.is_key:
            self._key = shot
        done = None
        try:
            done = self._cut(shot)
            if self._open is None:
                self._open = self._begun(shot)
            if self._open is not None:
                self._open.write(shot)
        except (av.FFmpegError, OSError) as error:
            self._give_up(shot.captured_at, error)
        return done

    def finish(self) -> SegmentRecorded | None:
        """Ends the open segment, one frame's time after its last frame. Raises as ``write``."""
        if self._open is None:
            return None
        ends_at = self._open.last_at + self._interval
        try:
            return self._close(ends_at)
        except (av.FFmpegError, OSError) as error:
            self._give_up(ends_at, error)
            return None

    def trust(self, *, clock: bool) -> None:
        """Whether the clock is known to be right from the next segment on."""
        self._sure = clock
        if clock:
            self._unsure.clear()

    def retime(self, by: timedelta, *, stored: bool) -> None:
        """The clock was wrong by so much, and later frames are right.

        The open segment is dated anew and ends as soon as one can begin. With ``stored``, what
        waits in the spool from the time when the clock could not be trusted is dated anew too.
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

    def _cut(self, shot: Shot) -> SegmentRecorded | None:
        segment = self._open
        if segment is None:
            return None
        later = shot.captured_at > segment.last_at
        if later:
            self._interval = shot.captured_at - segment.last_at
        if shot.captured_at - segment.started_at >= self._longest or not later:
            self._cut_soon = True
        begins = isinstance(shot, Frame) or shot.is_key
        if (self._cut_soon and begins) or not segment.takes(shot):
            return self._close(segment.last_at + self._interval)
        return None

    def _begun(self, shot: Shot) -> _OpenSegment | None:
        """None while there is no room, and then until a picture that builds upon no other."""
        if self._paused and isinstance(shot, EncodedUnit) and not shot.is_key:
            return None
        path = self._spool.part(shot.captured_at)
        self._paused = path is None
        if path is None:
            return None
        self._cut_soon = False
        mp4 = Mp4(path, index_bytes=self._index_bytes)
        track = self._track(mp4, shot)
        return _OpenSegment(path, mp4, track, shot.captured_at, sure=self._sure)

    def _track(self, mp4: Mp4, shot: Shot) -> PictureTrack | UnitTrack:
        if isinstance(shot, Frame):
            return PictureTrack(mp4, shot, self._kbps)
        if self._key is None:
            raise RecordingError("the camera's video does not begin with a key frame")
        return UnitTrack(mp4, self._key)

    def _give_up(self, at: datetime, error: Exception) -> None:
        """On a full disk the file is left as it is, for the spool to save what is whole of it."""
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
    """One file that is being written.

    Attributes:
        sure: whether the clock could be trusted when it began.
    """

    def __init__(
        self, path: Path, mp4: Mp4, track: PictureTrack | UnitTrack, at: datetime, *, sure: bool
    ) -> None:
        self.path = path
        self.started_at = self.last_at = at
        self.sure = sure
        self.frames = 0
        self._mp4 = mp4
        self._track = track
        self._last_tick = -1

    def takes(self, shot: Shot) -> bool:
        """Whether the frame may be in this file, and has room."""
        return self._track.takes(shot) and not self._mp4.is_full

    def write(self, shot: Shot) -> None:
        # What a camera encoded can't be cut before its next key frame, however its clock jumps.
        self._last_tick = max(self._ticks(shot.captured_at), self._last_tick + 1)
        self._track.add(shot, self._last_tick)
        self.last_at = max(shot.captured_at, self.last_at)
        self.frames += 1

    def move(self, by: timedelta) -> None:
        """All of it happened so much later than was thought."""
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
