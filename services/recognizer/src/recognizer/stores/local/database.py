"""SQLite as this family uses it: a pool of connections, two kinds of transaction, clear errors."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recognizer.errors import StoreUnavailable
from recognizer.stores.local.schema import migrate

BUSY_S = 10.0
"""How long a writer waits for another."""
_SETTINGS = ("synchronous = FULL", "foreign_keys = ON", "secure_delete = ON")
"""Of every connection."""


class Database:
    """Thread-safe: a transaction has a connection to itself.

    Raises:
        StoreUnavailable: from every transaction, when the disk is full, the file can't be
            written, or another process held it for longer than ``BUSY_S``.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._closed = False
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        with self._translated():
            self._path.touch(mode=0o600)
            with self._connection() as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                migrate(connection)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """All statements see one state of the database."""
        with self._translated(), self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Commits durably at the end, or leaves nothing when an error comes out."""
        with self._translated(), self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def forget(self) -> None:
        """Takes deleted rows out of the write-ahead log too, as far as readers allow."""
        with self._translated(), self._connection() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Closes what is idle; what is in use closes when its transaction ends."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._connection() as connection:
            connection.execute(begin)
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            try:
                connection.execute("COMMIT")
            except sqlite3.Error:
                connection.rollback()
                raise

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._connect()
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

    def _connect(self) -> sqlite3.Connection:
        # Used by one thread at a time, but not always by the one that opened it.
        connection = sqlite3.connect(
            self._path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        connection.text_factory = _text
        try:
            for setting in _SETTINGS:
                connection.execute(f"PRAGMA {setting}")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise  # a mistake of ours, not of the disk
        except sqlite3.DatabaseError as error:
            raise StoreUnavailable(
                f"the database {self._path} can't be used now: {error}; look at the free space "
                "and the permissions of its folder"
            ) from error
        except OSError as error:
            raise StoreUnavailable(f"the data folder can't be used now: {error}") from error


def _text(data: bytes) -> str:
    """A text that is damaged costs its damaged signs; SQLite's own way costs the whole query."""
    return data.decode(errors="replace")
