"""The data folder: its layout and its locks."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from recognizer.domain.errors import StoreUnavailable


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The paths in the data folder; see the package's docstring."""

    root: Path

    @property
    def database(self) -> Path:
        """Path of the SQLite file."""
        return self.root / "recognizer.db"

    @property
    def photos(self) -> Path:
        """Folder with one file for each photo."""
        return self.root / "photos"

    @property
    def videos(self) -> Path:
        """Folder with one file for each segment, at its key."""
        return self.root / "videos"

    @property
    def partial(self) -> Path:
        """Folder of files while they are written."""
        return self.root / "partial"

    @property
    def orphaned(self) -> Path:
        """Folder of photos and videos that no record names, by the time of their move."""
        return self.root / "orphaned"

    @property
    def reserve(self) -> Path:
        """Path of the file that reserves room for deletions on a full disk."""
        return self.root / "reserve"

    def make(self) -> None:
        """Make the folders, for this user only. Raise ``StoreUnavailable``."""
        try:
            for folder in (self.root, self.photos, self.videos, self.partial):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(
                f"the data folder {self.root} can't be made: {error.strerror}; "
                "set RECOGNIZER_DATA_DIR to a folder that can be written"
            ) from error

    @contextmanager
    def opening(self) -> Iterator[None]:
        """Hold the lock with which one process at a time opens the folder."""
        descriptor = _open(self.root / "opening.lock")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def require_folders(self) -> None:
        """Raise ``StoreUnavailable`` if a folder was removed since the start."""
        for folder in (self.photos, self.videos, self.partial):
            if not folder.is_dir():
                raise StoreUnavailable(
                    f"the folder {folder} was removed while the server was running; stop the "
                    "server, restore the folder from a backup, and start again"
                )

    def is_in_use(self) -> bool:
        """Return whether there are files that need the database: photos, videos or its log."""
        log = self.database.with_name(f"{self.database.name}-wal")
        files = (file for path in (self.photos, self.videos) for file in path.rglob("[!.]*"))
        return any(file.is_file() for file in files) or _size(log) > 0

    def has_database(self) -> bool:
        """Return whether the database exists and is not empty."""
        return _size(self.database) > 0


class UseLock:
    """A shared lock of each process that uses the folder.

    Attributes:
        alone: whether no other process used the folder at the start.
    """

    def __init__(self, folder: DataFolder) -> None:
        self._descriptor = _open(folder.root / "in-use.lock")
        self.alone = self._try_exclusive()

    def share(self) -> None:
        """Share the lock. Call this within ``opening``: the change of a lock is not atomic."""
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def close(self) -> None:
        """Release the lock."""
        os.close(self._descriptor)

    def _try_exclusive(self) -> bool:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreUnavailable(
            f"{path} can't be written: {error.strerror}; give this user the data folder"
        ) from error
