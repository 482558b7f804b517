"""Allocate files for segments; on a full spool, pause recording, count the loss, and resume."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from pi_recorder.errors import SpoolFull
from pi_recorder.events import Publish, RecordingPaused, RecordingResumed
from pi_recorder.spool import Segment, Spool

_SECOND = timedelta(seconds=1)
_AFTER_A_FULL_DISK = 5 * _SECOND
"""The file system's quota can't be queried, so each attempt on a full disk leaves a partial file.
This pause limits their number."""


class SegmentAllocator:
    """Implements ``segments.SegmentFiles`` on the spool; for one thread, and closed at the end."""

    def __init__(self, spool: Spool, publish: Publish) -> None:
        self._spool = spool
        self._publish = publish
        self._since: datetime | None = None
        self._written_down = False
        self._latest: datetime | None = None
        self._interval = timedelta()
        self._ask_at: datetime | None = None

    def part(self, started_at: datetime) -> Path | None:
        """Return a path to write to; None while there is no room. A call is cheap; repeat it."""
        if self._ask_at is not None and started_at < self._ask_at:
            self._pause(started_at, "")
            return None
        try:
            path = self._spool.part(started_at)
        except SpoolFull as full:
            self._pause(started_at, str(full))
            return None
        if self._resumed(started_at):
            return path
        self._pause(started_at, "")
        return None

    def keep(self, part: Path, started_at: datetime, duration_ms: int) -> Segment:
        """Queue a finished file."""
        return self._spool.keep(part, started_at, duration_ms)

    def give_up(self, at: datetime, reason: str) -> None:
        """Pause for at least five seconds, because the disk was full in the middle of a file."""
        self._ask_at = at + _AFTER_A_FULL_DISK
        self._pause(at, reason)

    def retime(self, names: Iterable[str], by: timedelta) -> None:
        """Correct the times of finished segments."""
        self._spool.retime(names, by)

    def close(self) -> None:
        """Record the length of a current pause, up to the end of the last frame not written."""
        if self._latest is not None:
            self._resumed(self._latest + self._interval)

    def _pause(self, at: datetime, reason: str) -> None:
        if self._latest is not None:
            self._interval = at - self._latest
        self._latest = at
        if self._since is None:
            self._since = at
            self._publish(RecordingPaused(reason))
        if not self._written_down:
            try:
                self._spool.pause(self._since)
            except OSError:
                return  # the journal has no room either; the next frame tries again
            self._written_down = True

    def _resumed(self, at: datetime) -> bool:
        """Return whether frames may be written: only after the pause's length is recorded."""
        if self._since is None:
            return True
        try:
            if not self._written_down:
                self._spool.pause(self._since)
                self._written_down = True
            self._spool.resume(at)
        except OSError:
            return False
        lost_s = (at - self._since) / _SECOND
        self._since = self._latest = self._ask_at = None
        self._written_down = False
        self._publish(RecordingResumed(lost_s))
        return True
