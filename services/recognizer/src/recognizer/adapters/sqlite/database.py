"""Transactions on one SQLite file: reading, writing, and deleting on a full disk."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from recognizer.adapters.sqlite.connections import Connections, OpenedFiles, damaged, translated
from recognizer.adapters.sqlite.files import Reserve
from recognizer.adapters.sqlite.schema import migrate
from recognizer.domain.errors import StoreDamaged, StoreFull, StoreUnavailable

T = TypeVar("T")

SOON_S = 1.0
"""How long urgent callers wait: health checks, and writers of counts."""
_CHECK_AT_START_S = 5.0
_STEPS = 10_000
"""SQLite virtual-machine steps between two checks of the clock; a few milliseconds at most."""


class Database:
    """A SQLite database. Thread-safe: each transaction has its own connection.

    Args:
        path: the file; made if it is missing.
        reserve: room for deletions on a full disk.

    Attributes:
        damage: the damage that was found since the start, if any.

    Raises:
        StoreFull: from every transaction, when the disk is full.
        StoreDamaged: when the file can't be read any more.
        StoreUnavailable: when the file can't be written, was deleted or replaced, or another
            process held it for longer than ``BUSY_S``.
    """

    def __init__(self, path: Path, reserve: Reserve) -> None:
        self._path = path
        self._reserve = reserve
        self._connections = Connections(path)
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
            with self._connections.taken() as connection:
                self._require_whole(connection, _CHECK_AT_START_S)
                connection.execute("PRAGMA journal_mode = WAL")
                migrate(connection)
                connection.execute("SELECT count(*) FROM meta").fetchone()
            self._files = OpenedFiles(self._path)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Begin a read transaction: all statements see one state of the database."""
        with self._translated(), self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Begin a write transaction. Commit durably at the end; roll back on an error."""
        with self._translated(), self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def write_soon(self) -> Iterator[sqlite3.Connection]:
        """Like ``write``, but gives up after ``SOON_S`` when another writer is at work."""
        with self._translated():
            self._check_files()
            with (
                closing(self._connections.opened(SOON_S)) as connection,
                self._begun(connection, "BEGIN IMMEDIATE"),
            ):
                yield connection

    def erase(
        self,
        work: Callable[[sqlite3.Connection], T],
        *,
        delete_batch: Callable[[sqlite3.Connection], int] | None = None,
    ) -> T:
        """Delete something in one transaction, also on a full disk.

        Args:
            work: deletes the rows. It may run a second time, after its transaction was rolled back.
            delete_batch: deletes some of the rows that ``work`` deletes, and returns how many. On a
                full disk it runs in separate transactions until none is left, since one large
                transaction may need more room than is reserved.
        """
        return self._with_room(
            lambda: self._written(work), lambda: self._delete_in_batches(delete_batch)
        )

    def forget(self) -> None:
        """Remove deleted rows from the write-ahead log too, as far as readers allow."""
        self._with_room(self._checkpoint)
        self._reserve.make()

    def glance(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Read from the file on a new connection. Wait at most ``SOON_S`` for others."""
        with self._translated():
            self._check_files()
            with closing(self._connections.opened(SOON_S)) as connection:
                return work(connection)

    def check_free(self, within_s: float) -> None:
        """Raise ``StoreUnavailable`` if another process blocks writers for ``within_s``."""
        with self._translated(), closing(self._connections.opened(within_s)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")

    def check_whole(self, within_s: float) -> None:
        """Check every page, as far as the time allows. Raise ``StoreDamaged``."""
        self.glance(lambda connection: self._require_whole(connection, within_s))

    def close(self) -> None:
        """Close idle connections. Those in use close when their transaction ends."""
        self._connections.close()

    def _with_room(self, act: Callable[[], T], before: Callable[[], None] | None = None) -> T:
        """Run ``act``. If the disk is full, free the reserve and run it again."""
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

    def _delete_in_batches(self, delete_batch: Callable[[sqlite3.Connection], int] | None) -> None:
        self._checkpoint()
        while delete_batch is not None and self._written(delete_batch):
            self._checkpoint()

    def _checkpoint(self) -> None:
        with self._translated():
            self._check_files()
            with self._connections.taken() as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _check_files(self) -> None:
        if self._files is not None:
            self._files.check()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        self._check_files()
        with self._connections.taken() as connection, self._begun(connection, begin):
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
            raise  # a programming error, not a fault of the disk
        except sqlite3.DatabaseError as error:
            raise self._noted(translated(error, self._path)) from error
        except OSError as error:
            raise StoreUnavailable(f"the data folder can't be used now: {error}") from error
