"""Check that the database's files were not deleted or replaced.

SQLite continues to use a file that was deleted or replaced. Its commits are then lost at the end.
"""

from __future__ import annotations

from pathlib import Path

from recognizer.domain.errors import StoreUnavailable

_SUFFIXES = ("", "-wal", "-shm")
"""The database, its write-ahead log and the log's index."""


class OpenedFiles:
    """The identities of the open files: those at ``path`` at the time of construction."""

    def __init__(self, path: Path) -> None:
        self._path = path
        found = {suffix: _identity(path, suffix) for suffix in _SUFFIXES}
        self._opened = {suffix: one for suffix, one in found.items() if one is not None}

    def check(self) -> None:
        """Raise ``StoreUnavailable`` if one of the files is missing or is another file."""
        for suffix, opened in self._opened.items():
            if _identity(self._path, suffix) != opened:
                raise StoreUnavailable(
                    f"{self._path}{suffix} was deleted or replaced while the server was running, "
                    "so nothing can be kept; stop the server, restore the file, and start again"
                )


def _identity(path: Path, suffix: str) -> tuple[int, int] | None:
    try:
        found = path.with_name(path.name + suffix).stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
