"""Rows that are forgotten after a while: left out at once, deleted by a write within the hour."""

from __future__ import annotations

from datetime import datetime, timedelta

from recognizer.clock import Clock
from recognizer.stores.local.database import Database
from recognizer.stores.local.rows import few
from recognizer.stores.moments import to_us

_FORGET_EVERY = timedelta(hours=1)


class Expiry:
    """Of one table.

    Args:
        since: the column with the time, in microseconds, from which a row is kept.
        lifetime: for how long.
    """

    def __init__(
        self, database: Database, table: str, since: str, lifetime: timedelta, now: Clock
    ) -> None:
        self._database = database
        self._delete = f"DELETE FROM {table} WHERE {since} <= ?"  # noqa: S608 - names of ours
        self._delete_few = few(table, f"{since} <= ?")
        self._lifetime = lifetime
        self._now = now
        self._forgotten_at: datetime | None = None

    def oldest_us(self) -> int:
        """What is of then, or before, is expired."""
        return to_us(self._now() - self._lifetime)

    def forget(self) -> None:
        """Deletes what is expired, from the log too."""
        self._forgotten_at = self._now()
        oldest = (self.oldest_us(),)
        done = self._database.erase(
            lambda connection: connection.execute(self._delete, oldest),
            few=lambda connection: connection.execute(self._delete_few, oldest).rowcount,
        )
        if done.rowcount:
            self._database.forget()

    def forget_hourly(self) -> None:
        """Likewise, if that was not done within the hour."""
        if self._forgotten_at is None or self._now() - self._forgotten_at >= _FORGET_EVERY:
            self.forget()
