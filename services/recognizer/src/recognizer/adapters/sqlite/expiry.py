"""Expiry of rows. Expired rows are never returned; a write deletes them, at most once an hour."""

from __future__ import annotations

from datetime import timedelta

from recognizer.adapters.sqlite.database import Database
from recognizer.adapters.sqlite.rows import batch_deletion
from recognizer.adapters.sqlite.trusted_time import TOLERANCE, TrustedTime
from recognizer.domain.clock import Reading
from recognizer.domain.cursors import to_us

_FORGET_EVERY_S = 3600.0


class Expiry:
    """The expiry of one table's rows.

    Args:
        since: the column with the time in microseconds at which a row's lifetime begins.
        lifetime: how long a row is kept.
    """

    def __init__(
        self, database: Database, table: str, since: str, lifetime: timedelta, time: TrustedTime
    ) -> None:
        self._database = database
        self._delete = f"DELETE FROM {table} WHERE {since} <= ?"  # noqa: S608 - fixed names
        self._delete_batch = batch_deletion(table, f"{since} <= ?")
        self._retime = f"UPDATE {table} SET {since} = ? WHERE {since} > ?"  # noqa: S608 - likewise
        self._lifetime = lifetime
        self._time = time
        self._forgotten: Reading | None = None

    def oldest_us(self) -> int:
        """Return the latest expired time."""
        return to_us(self._time.now() - self._lifetime)

    def forget(self) -> None:
        """Delete expired rows, also from the write-ahead log."""
        self.retime()
        self._forgotten = self._time.read()
        self._time.save()
        oldest = (self.oldest_us(),)
        done = self._database.erase(
            lambda connection: connection.execute(self._delete, oldest),
            delete_batch=lambda connection: connection.execute(self._delete_batch, oldest).rowcount,
        )
        if done.rowcount:
            self._database.forget()

    def retime(self) -> None:
        """Set times in the future to now, so that the lifetime of those rows begins now.

        They were written while the clock was ahead. Do nothing until the clock is known to be
        right.
        """
        if self._time.is_settled():
            now = self._time.now()
            times = (to_us(now), to_us(now + TOLERANCE))
            self._database.erase(lambda connection: connection.execute(self._retime, times))

    def forget_hourly(self) -> None:
        """Delete expired rows, unless that was done within the last hour."""
        if (
            self._forgotten is None
            or self._time.read().elapsed_s(self._forgotten) >= _FORGET_EVERY_S
        ):
            self.forget()
