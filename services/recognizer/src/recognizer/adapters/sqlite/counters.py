"""The port ``Counters`` on SQLite: one row for each day and name."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import groupby

from recognizer.adapters.sqlite.database import Database
from recognizer.adapters.stored_values import day_counters_of
from recognizer.domain.clock import Clock
from recognizer.domain.ports import COUNTER_DAYS, DayCounters

_ADD = """
INSERT INTO counters (day, name, count) VALUES (?, ?, ?)
ON CONFLICT (day, name) DO UPDATE SET count = count + excluded.count
"""


class LocalCounters:
    """Counters, by day. Expired ones are never returned; the next add deletes them."""

    def __init__(self, database: Database, now: Clock) -> None:
        self._database = database
        self._now = now

    def add(self, counters: DayCounters) -> None:
        """Add counts in one transaction. Wait only briefly for other writers.

        The counts may be added later.
        """
        day = counters.day.isoformat()
        with self._database.write_soon() as connection:
            connection.execute("DELETE FROM counters WHERE day <= ?", (_expired(self._now()),))
            connection.executemany(_ADD, [(day, name, n) for name, n in counters.counts.items()])

    def list(self, since: date, until: date) -> list[DayCounters]:
        """Return the counters, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT * FROM counters WHERE day BETWEEN ? AND ? AND day > ? ORDER BY day, name",
                (since.isoformat(), until.isoformat(), _expired(self._now())),
            ).fetchall()
        kept = [
            (day, {str(row["name"]): row["count"] for row in of_day})
            for day, of_day in groupby(rows, key=lambda row: str(row["day"]))
        ]
        return day_counters_of(kept)


def _expired(now: datetime) -> str:
    """Return the last expired day."""
    return (now - timedelta(days=COUNTER_DAYS)).date().isoformat()
