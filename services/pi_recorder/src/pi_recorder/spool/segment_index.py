"""The segments of one folder, oldest first, known without asking the disk again."""

from __future__ import annotations

import bisect
from pathlib import Path

from pi_recorder.spool.segment import Segment


class Shelf:
    """Read once; from then on it is told of every change. Not thread-safe.

    Attributes:
        folder: where its files are; other files in it are left alone.
        bytes: of all its segments.
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
        """Puts it in its place by its start; again changes nothing."""
        if segment in self:
            return
        bisect.insort(self._names, segment.path.name)
        self._found[segment.path.name] = segment, size
        self.bytes += size

    def discard(self, segment: Segment) -> None:
        """Takes it out, if it is there."""
        if segment in self:
            _, size = self._found.pop(segment.path.name)
            del self._names[bisect.bisect_left(self._names, segment.path.name)]
            self.bytes -= size

    def named(self, name: str) -> Segment | None:
        """The segment whose file has this name."""
        return self._found[name][0] if name in self._found else None

    def size(self, segment: Segment) -> int:
        """Its bytes; 0 if it is not there."""
        return self._found[segment.path.name][1] if segment in self else 0

    def segments(self) -> list[Segment]:
        """All of them, oldest first."""
        return [self._found[name][0] for name in self._names]

    def oldest(self) -> Segment | None:
        """The first of them."""
        return self._found[self._names[0]][0] if self._names else None

    def newest_bytes(self) -> int:
        """Of the last of them; 0 without any."""
        return self._found[self._names[-1]][1] if self._names else 0
