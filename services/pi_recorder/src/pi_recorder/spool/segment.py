"""A finished segment, and the names of files: they hold all that is known of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_TIME = "%Y%m%dT%H%M%S.%fZ"
_NAME = re.compile(r"(\d{8}T\d{6}\.\d{6}Z)-(\d+)ms-([0-9a-f]{64})\.mp4")


@dataclass(frozen=True, slots=True)
class Segment:
    """One finished file.

    Attributes:
        started_at: when its first frame was captured, UTC.
        duration_ms: until the next segment's first frame.
        sha256: of the file, in hex.
    """

    path: Path
    started_at: datetime
    duration_ms: int
    sha256: str

    @classmethod
    def at(cls, path: Path) -> Segment | None:
        """The segment that the file's name tells of; None for any other file."""
        found = _NAME.fullmatch(path.name)
        started_at = start(found[1]) if found else None
        if not found or not started_at:
            return None
        return cls(path, started_at, int(found[2]), found[3])


def segment_name(started_at: datetime, duration_ms: int, sha256: str) -> str:
    """The name that ``Segment.at`` reads."""
    return f"{stem(started_at)}-{duration_ms}ms-{sha256}.mp4"


def stem(started_at: datetime) -> str:
    """A file's name without what follows the time."""
    return f"{started_at.astimezone(UTC):{_TIME}}"


def start(written: str) -> datetime | None:
    """The time that a stem tells; None if it tells none."""
    try:
        return datetime.strptime(written, _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None
