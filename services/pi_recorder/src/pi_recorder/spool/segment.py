"""Finished segments: their file names, which hold everything known of them, and an index."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_TIME = "%Y%m%dT%H%M%S.%fZ"
_NAME = re.compile(r"(\d{8}T\d{6}\.\d{6}Z)-(\d+)ms-([0-9a-f]{64})\.mp4")


@dataclass(frozen=True, slots=True)
class Segment:
    """One finished segment.

    Attributes:
        started_at: when its first frame was captured, UTC.
        duration_ms: milliseconds until the next segment's first frame.
        sha256: the file's SHA-256, in hex.
    """

    path: Path
    started_at: datetime
    duration_ms: int
    sha256: str

    @classmethod
    def at(cls, path: Path) -> Segment | None:
        """Parse a segment's file name; return None for any other file."""
        found = _NAME.fullmatch(path.name)
        started_at = start(found[1]) if found else None
        if not found or not started_at:
            return None
        return cls(path, started_at, int(found[2]), found[3])


def segment_name(started_at: datetime, duration_ms: int, sha256: str) -> str:
    """Return the file name that ``Segment.at`` parses."""
    return f"{stem(started_at)}-{duration_ms}ms-{sha256}.mp4"


def stem(started_at: datetime) -> str:
    """Format the time with which a segment's file name begins."""
    return f"{started_at.astimezone(UTC):{_TIME}}"


def start(written: str) -> datetime | None:
    """Parse a stem's time; return None if it has another form."""
    try:
        return datetime.strptime(written, _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None


class SegmentIndex:
    """An index of the segments of one folder, oldest first. Not thread-safe.

    The folder is read once, and each change updates the index.

    Attributes:
        folder: the folder of the files; other files in it are ignored.
        bytes: total bytes of its segments.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bytes = 0
        self._names: list[str] = []
        self._found: dict[str, tuple[Segment, int]] = {}
        for path in folder.iterdir() if folder.is_dir() else ():
            if segment := Segment.at(path):
                self.add(segment, path.stat().st_size)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, segment: Segment) -> bool:
        return segment.path.name in self._found

    def add(self, segment: Segment, size: int) -> None:
        """Insert a segment by its start; one that is there already changes nothing."""
        if segment in self:
            return
        bisect.insort(self._names, segment.path.name)
        self._found[segment.path.name] = segment, size
        self.bytes += size

    def discard(self, segment: Segment) -> None:
        """Remove a segment, if it is there."""
        if segment in self:
            _, size = self._found.pop(segment.path.name)
            del self._names[bisect.bisect_left(self._names, segment.path.name)]
            self.bytes -= size

    def named(self, name: str) -> Segment | None:
        """Return the segment whose file has this name; None if there is none."""
        return self._found[name][0] if name in self._found else None

    def size(self, segment: Segment) -> int:
        """Return a segment's bytes; 0 if it is not there."""
        return self._found[segment.path.name][1] if segment in self else 0

    def segments(self) -> list[Segment]:
        """Return all segments, oldest first."""
        return [self._found[name][0] for name in self._names]

    def oldest(self) -> Segment | None:
        """Return the oldest segment; None without any."""
        return self._found[self._names[0]][0] if self._names else None

    def latest_bytes(self) -> int:
        """Return the bytes of the newest segment; 0 without any."""
        return self._found[self._names[-1]][1] if self._names else 0
