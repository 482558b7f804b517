"""The files of the enrolment photos, and the list of those to be removed.

The transaction that deletes a photo's record also stores the file's name for removal. The file is
removed after the commit. If a kill prevents that, the next start removes the file. The stored name
distinguishes a deleted photo from one whose record is missing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from recognizer.adapters.sqlite.database import Database
from recognizer.adapters.sqlite.files import new_name, write_whole
from recognizer.adapters.sqlite.folder import DataFolder
from recognizer.adapters.sqlite.orphans import remove_photos
from recognizer.domain.errors import StoreUnavailable


class PhotoFiles:
    """Files with random names, so that a name never means two photos."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder

    def add(self, data: bytes) -> str:
        """Store the bytes durably; return the file's name. Raise ``StoreUnavailable``."""
        self._folder.require_folders()
        name = new_name()
        try:
            write_whole(data, self._folder.partial, self._folder.photos / name)
        except OSError as error:
            raise StoreUnavailable(f"the photo can't be kept: {error.strerror}") from error
        return name

    def read(self, name: str) -> bytes:
        """Return the bytes as sent. Raise ``FileNotFoundError``, ``StoreUnavailable``."""
        try:
            return (self._folder.photos / name).read_bytes()
        except FileNotFoundError:
            raise
        except OSError as error:
            raise StoreUnavailable(f"the photo can't be read: {error.strerror}") from error

    def remove(self, names: Iterable[str]) -> None:
        """Remove files that no record names any more. Raise ``StoreUnavailable``."""
        try:
            remove_photos(self._folder, frozenset(names))
        except OSError as error:
            raise StoreUnavailable(
                "the records were deleted, but not yet the files of the photos: "
                f"{error.strerror}; the next start removes them"
            ) from error


def schedule_removal(connection: sqlite3.Connection, files: Iterable[str]) -> None:
    """Store the names of files to be removed after this transaction commits."""
    connection.executemany(
        "INSERT OR IGNORE INTO photo_removals (file) VALUES (?)", [(file,) for file in files]
    )


def scheduled_removals(connection: sqlite3.Connection) -> frozenset[str]:
    """Return the files that are to be removed."""
    return frozenset(row["file"] for row in connection.execute("SELECT file FROM photo_removals"))


def clear_removals(database: Database) -> None:
    """Clear the list, after the files were removed."""
    database.erase(lambda connection: connection.execute("DELETE FROM photo_removals"))
