"""A pool of connections to one SQLite file, each with the settings that every connection has."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recognizer.adapters.damage import readable_text

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
