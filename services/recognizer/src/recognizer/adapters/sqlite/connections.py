"""Connections to one SQLite file, queries that the adapters share, and translated errors."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recognizer.adapters.damage import readable_text
from recognizer.domain.errors import PersonNotFound, StoreDamaged, StoreFull, StoreUnavailable

BUSY_S = 10.0
"""How long a writer waits for another writer."""
_SETTINGS = ("synchronous = FULL", "foreign_keys = ON", "secure_delete = ON")
"""PRAGMAs of every connection."""


class Connections:
    """A pool of connections. Thread-safe: one thread uses a connection at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._closed = False

    @contextmanager
    def taken(self) -> Iterator[sqlite3.Connection]:
        """Take a connection out of the pool, and return it at the end."""
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        connection = connection or self.opened(BUSY_S)
        try:
            yield connection
        finally:
            self._give_back(connection)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def opened(self, busy_s: float) -> sqlite3.Connection:
        """Open a connection outside the pool. It waits up to ``busy_s`` for another writer."""
        # One thread at a time uses it, but not always the thread that opened it. It makes no file:
        # a database that was deleted under the process must not come back empty.
        connection = sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=busy_s,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.row_factory = sqlite3.Row
        connection.text_factory = readable_text
        try:
            for setting in _SETTINGS:
                connection.execute(f"PRAGMA {setting}")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        """Close idle connections. Those in use are closed when they are returned."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()


# Queries that the local adapters share.


_FEW = 50
"""Rows in one batch of deletions on a full disk. Each touches at most one page of its table, some
of its picture and one of each index: 50 * 10 * 4 KiB, half of the reserve."""


def is_person(connection: sqlite3.Connection, label: str) -> bool:
    """Return whether a person has the label."""
    query = "SELECT 1 FROM people WHERE label = ?"
    return connection.execute(query, (label,)).fetchone() is not None


def require_person(connection: sqlite3.Connection, label: str) -> None:
    """Raise ``PersonNotFound`` if no person has the label."""
    if not is_person(connection, label):
        raise PersonNotFound(label)


def gallery_version(connection: sqlite3.Connection) -> int:
    """Return the gallery's version as this transaction sees it."""
    (version,) = connection.execute(
        "SELECT value FROM meta WHERE key = 'gallery_version'"
    ).fetchone()
    return int(version)


def next_gallery_version(connection: sqlite3.Connection) -> int:
    """Increment and return the version, within the transaction that changes embeddings."""
    connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'gallery_version'")
    return gallery_version(connection)


def batch_deletion(table: str, where: str) -> str:
    """Return the statement that deletes one batch of these rows."""
    return (
        f"DELETE FROM {table} WHERE rowid IN"  # noqa: S608 - fixed names and conditions
        f" (SELECT rowid FROM {table} WHERE {where} LIMIT {_FEW})"
    )


# Translate SQLite's errors into the store's: what is wrong, and what to do about it.


RESTORE = (
    "stop the server, keep a copy of the data folder, and restore recognizer.db from a backup; "
    "docs/operations.md says how"
)
_PRIMARY = 0xFF
"""An extended result code holds the primary one in its lowest byte.

https://www.sqlite.org/rescode.html
"""
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})
_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
_FORBIDDEN = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})


def translated(error: sqlite3.DatabaseError, path: Path) -> StoreUnavailable:
    """Return the error to raise instead of SQLite's."""
    if path.is_dir():
        return StoreUnavailable(
            f"{path} is a folder, but the database is a file; move that folder away, or name "
            "another data folder"
        )
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY
    if code in _DAMAGED:
        return damaged(path, error)
    if code in _FULL:
        return StoreFull(f"the disk of {path} can't be written ({error}); free some space on it")
    if code in _LOCKED:
        return StoreUnavailable(
            f"another process holds the database {path} ({error}); wait for it, or stop it"
        )
    if code in _FORBIDDEN:
        return StoreUnavailable(
            f"this user may not use the database {path} ({error}); "
            "look at the permissions of the file and of its folder"
        )
    return StoreUnavailable(
        f"the database {path} can't be used now: {error}; `recognizer doctor` looks at it"
    )


def damaged(path: Path, found: object) -> StoreDamaged:
    """Return the error of a database that can't be read any more."""
    return StoreDamaged(f"the database {path} is damaged ({found}); {RESTORE}")


# Check that the database's files were not deleted or replaced.
#
# SQLite continues to use a file that was deleted or replaced. Its commits are then lost at the
# end.


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
