"""The data folder: its layout, and who holds it."""

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
    """Where everything lies; see the package's docstring."""

    root: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.root / "recognizer.db"

    @property
    def photos(self) -> Path:
        """One file a photo."""
        return self.root / "photos"

    @property
    def videos(self) -> Path:
        """One file a segment, at its key."""
        return self.root / "videos"

    @property
    def partial(self) -> Path:
        """What is being written."""
        return self.root / "partial"

    @property
    def orphaned(self) -> Path:
        """Photos that no record names, by the time at which they were moved here."""
        return self.root / "orphaned"

    @property
    def reserve(self) -> Path:
        """Room for deletions on a full disk."""
        return self.root / "reserve"

    def make(self) -> None:
        """Makes the folders, for this user only. Raises ``StoreUnavailable``."""
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
        """One process at a time opens the folder."""
        descriptor = _open(self.root / "opening.lock")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def require_folders(self) -> None:
        """Raises ``StoreUnavailable`` when one was removed since the start."""
        for folder in (self.photos, self.videos, self.partial):
            if not folder.is_dir():
                raise StoreUnavailable(
                    f"the folder {folder} was removed while the server was running; stop the "
                    "server, restore the folder from a backup, and start again"
                )

    def is_in_use(self) -> bool:
        """Whether something lies here that only a database makes sense of."""
        log = self.database.with_name(f"{self.database.name}-wal")
        files = (file for place in (self.photos, self.videos) for file in place.rglob("[!.]*"))
        return any(file.is_file() for file in files) or _size(log) > 0

    def has_database(self) -> bool:
        """Whether there is one with anything in it."""
        return _size(self.database) > 0


class UseLock:
    """Held shared while a process uses the folder; ``alone`` tells whether nobody else does."""

    def __init__(self, folder: DataFolder) -> None:
        self._descriptor = _open(folder.root / "in-use.lock")
        self.alone = self._try_exclusive()

    def share(self) -> None:
        """To be called within ``opening``, since the change of a lock's kind is not atomic."""
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def close(self) -> None:
        """Lets go of the folder."""
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
