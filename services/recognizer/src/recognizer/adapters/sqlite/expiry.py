"""Rows that are forgotten after a while: left out at once, deleted by a write within the hour."""

from __future__ import annotations

from datetime import timedelta

from recognizer.adapters.sqlite.database import Database
from recognizer.adapters.sqlite.rows import few
from recognizer.adapters.sqlite.trusted_time import TOLERANCE, TrustedTime
from recognizer.domain.clock import Reading
from recognizer.domain.cursors import to_us

_FORGET_EVERY_S = 3600.0


class Expiry:
    """Of one table.

    Args:
        since: the column with the time, in microseconds, from which a row is kept.
        lifetime: for how long.
    """

    def __init__(
        self, database: Database, table: str, since: str, lifetime: timedelta, time: TrustedTime
    ) -> None:
        self._database = database
        self._delete = f"DELETE FROM {table} WHERE {since} <= ?"  # noqa: S608 - names of ours
        self._delete_few = few(table, f"{since} <= ?")
        self._redate = f"UPDATE {table} SET {since} = ? WHERE {since} > ?"  # noqa: S608 - likewise
        self._lifetime = lifetime
        self._time = time
        self._forgotten: Reading | None = None

    def oldest_us(self) -> int:
        """What is of then, or before, is expired."""
        return to_us(self._time.now() - self._lifetime)

    def forget(self) -> None:
        """Delete what is expired, from the log too."""
        self.redate()
        self._forgotten = self._time.read()
        self._time.save()
        oldest = (self.oldest_us(),)
        done = self._database.erase(
            lambda connection: connection.execute(self._delete, oldest),
            few=lambda connection: connection.execute(self._delete_few, oldest).rowcount,
        )
        if done.rowcount:
            self._database.forget()

    def redate(self) -> None:
        """Keep a row with a time to come from now on, not until that time has come and gone.

        It was written while the clock was ahead. So it waits until the clock is known to be right.
        """
        if self._time.is_settled():
            now = self._time.now()
            times = (to_us(now), to_us(now + TOLERANCE))
            self._database.erase(lambda connection: connection.execute(self._redate, times))

    def forget_hourly(self) -> None:
        """Likewise, if that was not done within the hour."""
        if (
            self._forgotten is None
            or self._time.read().elapsed_s(self._forgotten) >= _FORGET_EVERY_S
        ):
            self.forget()
