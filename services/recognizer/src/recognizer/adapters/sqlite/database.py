"""SQLite as this family uses it: a pool of connections, kinds of transaction, clear errors."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from recognizer.adapters.damage import readable_text
from recognizer.adapters.sqlite.files import Reserve
from recognizer.adapters.sqlite.opened_files import OpenedFiles
from recognizer.adapters.sqlite.schema import migrate
from recognizer.adapters.sqlite.sqlite_errors import damaged, translated
from recognizer.domain.errors import StoreDamaged, StoreFull, StoreUnavailable

T = TypeVar("T")

BUSY_S = 10.0
"""How long a writer waits for another."""
SOON_S = 1.0
"""How long somebody waits who has no time: health, and who only counts."""
_SETTINGS = ("synchronous = FULL", "foreign_keys = ON", "secure_delete = ON")
"""Of every connection."""
_CHECK_AT_START_S = 5.0
_STEPS = 10_000
"""Of SQLite's machine, between two looks at the clock; a few milliseconds at most."""


class Database:
    """Thread-safe: a transaction has a connection to itself.

    Args:
        path: the file; made when it is not there.
        reserve: room for deletions on a full disk.

    Attributes:
        damage: what was found damaged since the start, if anything.

    Raises:
        StoreFull: from every transaction, when the disk is full.
        StoreDamaged: when the file can't be read any more.
        StoreUnavailable: when the file can't be written, was deleted or replaced, or another
            process held it for longer than ``BUSY_S``.
    """

    def __init__(self, path: Path, reserve: Reserve) -> None:
        self._path = path
        self._reserve = reserve
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._closed = False
        self._files: OpenedFiles | None = None
        self.damage: StoreDamaged | None = None
        try:
            self._with_room(self._prepare)
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        with self._translated():
            self._path.touch(mode=0o600)
            with self._connection() as connection:
                self._require_whole(connection, _CHECK_AT_START_S)
                connection.execute("PRAGMA journal_mode = WAL")
                migrate(connection)
                connection.execute("SELECT count(*) FROM meta").fetchone()
            self._files = OpenedFiles(self._path)

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

    @contextmanager
    def write_soon(self) -> Iterator[sqlite3.Connection]:
        """Like ``write``, but gives up after ``SOON_S`` when another writer is at work."""
        with self._translated():
            self._check_files()
            with (
                closing(self._connect(SOON_S)) as connection,
                self._begun(connection, "BEGIN IMMEDIATE"),
            ):
                yield connection

    def erase(
        self,
        work: Callable[[sqlite3.Connection], T],
        *,
        few: Callable[[sqlite3.Connection], int] | None = None,
    ) -> T:
        """Delete something in one transaction, also on a full disk.

        Args:
            work: deletes; may run a second time, after a transaction that left nothing.
            few: deletes some rows of what ``work`` deletes, and returns how many. On a full disk it
                runs in transactions of its own until none is left, since one transaction with
                everything in it may need more room than is reserved.
        """
        return self._with_room(lambda: self._written(work), lambda: self._thin_out(few))

    def forget(self) -> None:
        """Takes deleted rows out of the write-ahead log too, as far as readers allow."""
        self._with_room(self._checkpoint)
        self._reserve.make()

    def glance(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Read from the file itself, on a new connection, and wait for nobody for long."""
        with self._translated():
            self._check_files()
            with closing(self._connect(SOON_S)) as connection:
                return work(connection)

    def check_free(self, within_s: float) -> None:
        """Raise ``StoreUnavailable`` when another process keeps writers out for so long."""
        with self._translated(), closing(self._connect(within_s)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")

    def check_whole(self, within_s: float) -> None:
        """Look at every page, as far as the time allows. Raises ``StoreDamaged``."""
        self.glance(lambda connection: self._require_whole(connection, within_s))

    def close(self) -> None:
        """Closes what is idle; what is in use closes when its transaction ends."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _with_room(self, act: Callable[[], T], before: Callable[[], None] | None = None) -> T:
        """Once more with the room of the reserve, when there is none on the disk."""
        try:
            return act()
        except StoreFull:
            with self._reserve.given_up():
                if before is not None:
                    before()
                return act()

    def _written(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self.write() as connection:
            return work(connection)

    def _thin_out(self, few: Callable[[sqlite3.Connection], int] | None) -> None:
        self._checkpoint()
        while few is not None and self._written(few):
            self._checkpoint()

    def _checkpoint(self) -> None:
        with self._translated():
            self._check_files()
            with self._connection() as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _check_files(self) -> None:
        if self._files is not None:
            self._files.check()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        self._check_files()
        with self._connection() as connection, self._begun(connection, begin):
            yield connection

    @contextmanager
    def _begun(self, connection: sqlite3.Connection, begin: str) -> Iterator[None]:
        connection.execute(begin)
        try:
            yield
            self._check_files()
        except BaseException:
            connection.rollback()
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
        connection = connection or self._connect(BUSY_S)
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

    def _connect(self, busy_s: float) -> sqlite3.Connection:
        # Used by one thread at a time, but not always by the one that opened it. It makes no file:
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

    def _require_whole(self, connection: sqlite3.Connection, within_s: float) -> None:
        until = time.monotonic() + within_s
        connection.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
        try:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
        else:
            if found != "ok":
                raise self._noted(damaged(self._path, found))
        finally:
            connection.set_progress_handler(None, 0)

    def _noted(self, error: StoreUnavailable) -> StoreUnavailable:
        if isinstance(error, StoreDamaged):
            self.damage = error
        return error

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise  # a mistake of ours, not of the disk
        except sqlite3.DatabaseError as error:
            raise self._noted(translated(error, self._path)) from error
        except OSError as error:
            raise StoreUnavailable(f"the data folder can't be used now: {error}") from error
