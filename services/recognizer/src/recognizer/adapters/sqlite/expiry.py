"""Expiry of rows, and the time by which they expire. A clock that is set wrong deletes nothing."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from recognizer.adapters.sqlite.connections import batch_deletion
from recognizer.adapters.sqlite.database import Database
from recognizer.domain.clock import Clocks, Reading
from recognizer.domain.cursors import from_us, to_us
from recognizer.domain.errors import StoreUnavailable

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


# The time by which stored data expires. A clock that is set wrong deletes nothing.
#
# ``TrustedTime.now`` is a ``Clock`` that replaces the system clock wherever data expires by
# age. It is the system clock, but never later than the latest time that is known to be right.
# ADR 0031 gives the reasons for these rules:
#
# - While the process runs, a monotonic clock measures how much time has really passed.
# - A system clock that is ahead of that by more than an hour is not trusted until it has run for a
#   day without another jump. So a jump that is undone within the day expires nothing, and a machine
#   that was off for months expires old data on its second day.
# - A clock that is set back is trusted at once: it expires nothing too early.


logger = logging.getLogger(__name__)

TOLERANCE = timedelta(hours=1)
"""A correction of the system clock up to this much is not a jump."""
CONFIRMED_AFTER = timedelta(hours=24)
"""A clock that jumped forward is trusted after this much time without another jump."""
_MOST_STOPPED = timedelta(hours=12)
"""The most of the time between two runs that counts towards the day.

A jump between two runs can't be distinguished from time that passed.
"""
_SAVED_EVERY_S = 600.0
_KEY = "trusted_time"
_NEWEST = """
SELECT max(at) AS at FROM (SELECT max(received_at) AS at FROM sightings
UNION ALL SELECT max(received_at) FROM tracks UNION ALL SELECT max(received_at) FROM crops
UNION ALL SELECT max(ignored_at) FROM ignored_faces UNION ALL SELECT max(at) FROM audit)
"""


@dataclass(frozen=True, slots=True)
class ClockState:
    """What is known of the system clock.

    Attributes:
        good: the latest time that is known to be right.
        last: the system clock's latest reading.
        steady: how long it has run without a jump.
    """

    good: datetime
    last: datetime
    steady: timedelta = timedelta(0)

    @property
    def trusted(self) -> datetime:
        """The time by which data expires."""
        return min(self.good, self.last)

    @property
    def is_settled(self) -> bool:
        """Whether the clock is right, and has been for a day."""
        return self.good == self.last and self.steady >= CONFIRMED_AFTER

    def after(self, ran: timedelta, now: datetime) -> ClockState:
        """Return the state after a process ran for ``ran`` by the monotonic clock."""
        jumped = abs(now - self.last - ran) > TOLERANCE
        steady = timedelta(0) if jumped else self.steady + ran
        good = self.good + ran if now > self.good else self.good
        return _judged(good, now, steady)

    def restarted(self, now: datetime) -> ClockState:
        """Return the state at the start of a process, which was stopped for an unknown time."""
        stopped = now - self.last
        doubted = self.last - self.good > TOLERANCE
        if stopped < -TOLERANCE or (stopped > TOLERANCE and not doubted):
            return _judged(self.good, now, timedelta(0))
        counted = min(max(stopped, timedelta(0)), _MOST_STOPPED)
        return _judged(self.good, now, self.steady + counted)


def _judged(good: datetime, now: datetime, steady: timedelta) -> ClockState:
    """Trust the clock if it agrees with the known time, or is ahead and has run for a day."""
    confirmed = now > good and steady >= CONFIRMED_AFTER
    if confirmed or abs(now - good) <= TOLERANCE:
        good = now
    return ClockState(good, now, steady)


class TrustedTime:
    """The expiry clock of one data folder. Thread-safe.

    The database keeps the state, so that a jump across a restart is noticed too. Each process
    follows the clock by itself. The last process to save wins, since all have the same state.
    """

    def __init__(self, database: Database, clocks: Clocks) -> None:
        self._database = database
        self._clocks = clocks
        self._lock = Lock()
        self._read = self._saved = clocks.read()
        self._state = _loaded(database, self._read.time)
        self._save()

    def now(self) -> datetime:
        """Return the time, never later than is known to be right. It may go back."""
        return self._current().trusted

    def is_settled(self) -> bool:
        """Whether the system clock is right, and has been for a day."""
        return self._current().is_settled

    def read(self) -> Reading:
        """Read the system's clocks, to measure elapsed time."""
        return self._clocks.read()

    def save(self) -> None:
        """Store the state, at most every ten minutes. Every deletion by age calls this."""
        if self._clocks.read().elapsed_s(self._saved) >= _SAVED_EVERY_S:
            self._save()

    def _current(self) -> ClockState:
        with self._lock:
            read = self._clocks.read()
            ran = timedelta(seconds=max(0.0, read.monotonic_s - self._read.monotonic_s))
            self._state, self._read = self._state.after(ran, read.time), read
            return self._state

    def _save(self) -> None:
        state, self._saved = self._current(), self._clocks.read()
        text = json.dumps(
            [to_us(state.good), to_us(state.last), round(state.steady.total_seconds())]
        )
        try:
            with self._database.write() as connection:
                connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_KEY, text))
        except StoreUnavailable as error:  # a full disk must not keep the folder from being opened
            logger.warning("the time could not be saved; retry in ten minutes: %s", error)


def _loaded(database: Database, now: datetime) -> ClockState:
    """Return the stored state; in a folder of an older release, the newest row's time."""
    with database.read() as connection:
        row = connection.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).fetchone()
        newest = connection.execute(_NEWEST).fetchone()["at"]
    if row is not None:
        good, last, steady_s = json.loads(row["value"])
        return ClockState(from_us(good), from_us(last), timedelta(seconds=steady_s)).restarted(now)
    if newest is not None:
        return ClockState(from_us(newest), from_us(newest)).restarted(now)
    return ClockState(now, now)
