"""The journal of the camera: each frame is written down before the recorder has it.

A write that has returned survives the kill of the process that made it, so the journal is whole.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from pi_recorder.capture.cameras.base import Frame
from pi_recorder.testing import numbered_picture

INTERVAL = timedelta(milliseconds=50)
_RECORD = struct.Struct("<q")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Journal:
    """The file; a frame's number is its place in it."""

    path: Path

    def add(self, captured_at: datetime) -> int:
        """Write down a frame and return its number."""
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            os.write(descriptor, _RECORD.pack((captured_at - _EPOCH) // _MICROSECOND))
            return os.fstat(descriptor).st_size // _RECORD.size - 1
        finally:
            os.close(descriptor)

    def __len__(self) -> int:
        return self.path.stat().st_size // _RECORD.size if self.path.exists() else 0

    def read(self) -> list[datetime]:
        """Return the capture time of each frame."""
        written = self.path.read_bytes() if self.path.exists() else b""
        return [_EPOCH + _MICROSECOND * at for [at] in _RECORD.iter_unpack(written)]


class JournalCamera:
    """Twenty numbered pictures a second, for ever."""

    can_wait = True

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def frames(self, stop: Event) -> Generator[Frame]:
        """Yield the frames; see ``Camera.frames``."""
        captured_at = datetime.now(UTC)
        while not stop.is_set():
            number = self._journal.add(captured_at)
            yield Frame(numbered_picture(number % 2**16), captured_at)
            captured_at += INTERVAL
            stop.wait(INTERVAL.total_seconds())
