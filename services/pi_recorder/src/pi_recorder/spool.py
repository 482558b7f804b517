"""The queue of finished segments, on disk.

A segment is written as ``….part``. Keeping it means: write it through to the disk, rename it, and
write the folder through. Its name then holds all that is known of it::

    20260102T030405.678901Z-10000ms-<sha256>.mp4

So the folder is the index: whatever was kept is found again after a kill or a power cut, oldest
first, and a ``.part`` that is there at the start was torn. A torn file is moved to ``torn/``; it
plays up to its last fragment, and is never taken for a whole segment.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from pi_recorder.errors import SpoolBusy

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
        if not found:
            return None
        started_at = datetime.strptime(found[1], _TIME).replace(tzinfo=UTC)
        return cls(path, started_at, int(found[2]), found[3])


class Spool:
    """One recorder's queue; a second recorder in the same folder is refused.

    Attributes:
        torn: the files that were set aside when it was opened.

    Raises:
        SpoolBusy: another recorder works there.
        OSError: the folder can't be made or written.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._lock = FileLock(folder / ".lock")
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise SpoolBusy(
                f"another recorder works in {folder}; stop it, or give this one a folder of its "
                "own in PI_RECORDER_SPOOL_DIR"
            ) from None
        self.torn = self._set_torn_aside()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lock.release()

    def part(self, started_at: datetime) -> Path:
        """Where to write the segment that begins then, until it is kept."""
        return self._folder / f"{started_at.astimezone(UTC):{_TIME}}.part"

    def keep(self, part: Path, started_at: datetime, duration_ms: int) -> Segment:
        """Puts a finished file into the queue; once this returns, no power cut takes it away."""
        with part.open("rb") as file:
            os.fsync(file.fileno())
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        name = f"{started_at.astimezone(UTC):{_TIME}}-{duration_ms}ms-{sha256}.mp4"
        path = part.rename(self._folder / name)
        _sync(self._folder)
        return Segment(path, started_at, duration_ms, sha256)

    def queued(self) -> Sequence[Segment]:
        """All segments that are kept, oldest first."""
        found = (Segment.at(path) for path in sorted(self._folder.iterdir()))
        return [segment for segment in found if segment]

    def remove(self, segment: Segment) -> None:
        """Deletes a segment that the store has confirmed."""
        segment.path.unlink(missing_ok=True)

    def _set_torn_aside(self) -> Sequence[Path]:
        parts = sorted(self._folder.glob("*.part"))
        aside = self._folder / "torn"
        if parts:
            aside.mkdir(exist_ok=True)
        return [part.rename(aside / part.name) for part in parts]


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
