"""Which photo files are to be removed: written down in the transaction that takes their records.

The files go after the commit. A kill in between leaves them, and the next start removes them: so it
can tell a photo that was deleted from one whose record is missing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from recognizer.adapters.sqlite.database import Database


def schedule(connection: sqlite3.Connection, files: Iterable[str]) -> None:
    """Note files that no record names once this transaction commits."""
    connection.executemany(
        "INSERT OR IGNORE INTO photo_removals (file) VALUES (?)", [(file,) for file in files]
    )


def scheduled(connection: sqlite3.Connection) -> frozenset[str]:
    """Return the files that were noted since the last start."""
    return frozenset(row["file"] for row in connection.execute("SELECT file FROM photo_removals"))


def clear(database: Database) -> None:
    """Forget all of them: the files are gone."""
    database.erase(lambda connection: connection.execute("DELETE FROM photo_removals"))
