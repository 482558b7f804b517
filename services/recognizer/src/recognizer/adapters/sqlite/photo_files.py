"""The bytes of the enrolled photos, one file each, and which of them are to be removed.

A removal is written down in the transaction that takes the photo's record; the file goes after the
commit. A kill in between leaves it, and the next start removes it: so it can tell a photo that was
deleted from one whose record is missing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from recognizer.adapters.sqlite.database import Database
from recognizer.adapters.sqlite.files import new_name, write_whole
from recognizer.adapters.sqlite.folder import DataFolder
from recognizer.adapters.sqlite.sweep import remove_photos
from recognizer.domain.errors import StoreUnavailable


class PhotoFiles:
    """Files named at random, so that a name never means two photos."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder

    def add(self, data: bytes) -> str:
        """Keeps the bytes durably and returns the file's name. Raises ``StoreUnavailable``."""
        self._folder.require_folders()
        name = new_name()
        try:
            write_whole(data, self._folder.partial, self._folder.photos / name)
        except OSError as error:
            raise StoreUnavailable(f"the photo can't be kept: {error.strerror}") from error
        return name

    def read(self, name: str) -> bytes:
        """The bytes as they were sent. Raises ``FileNotFoundError``, ``StoreUnavailable``."""
        try:
            return (self._folder.photos / name).read_bytes()
        except FileNotFoundError:
            raise
        except OSError as error:
            raise StoreUnavailable(f"the photo can't be read: {error.strerror}") from error

    def remove(self, names: Iterable[str]) -> None:
        """Removes files that no record names any more. Raises ``StoreUnavailable``."""
        try:
            remove_photos(self._folder, frozenset(names))
        except OSError as error:
            raise StoreUnavailable(
                f"the records are deleted, but not yet the files of the photos: {error.strerror}; "
                "the next start removes them"
            ) from error


def schedule_removal(connection: sqlite3.Connection, files: Iterable[str]) -> None:
    """Note files that no record names once this transaction commits."""
    connection.executemany(
        "INSERT OR IGNORE INTO photo_removals (file) VALUES (?)", [(file,) for file in files]
    )


def scheduled_removals(connection: sqlite3.Connection) -> frozenset[str]:
    """Return the files that were noted since the last start."""
    return frozenset(row["file"] for row in connection.execute("SELECT file FROM photo_removals"))


def clear_removals(database: Database) -> None:
    """Forget all of them: the files are gone."""
    database.erase(lambda connection: connection.execute("DELETE FROM photo_removals"))
