"""Counters: how often each thing happened, per day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

COUNTER_DAYS = 400
"""How long a day's counters are kept: a year, and a month to look back on all of it."""
FLUSH_EVERY = timedelta(minutes=1)
"""Longest time between two writes of a process that keeps receiving requests."""
FLUSH_REQUESTS = 50
"""Most requests that a process counts before it writes."""


@dataclass(frozen=True, slots=True)
class DayCounters:
    """The counters of one day in UTC.

    Attributes:
        counts: by name, of letters, digits and underscores; a missing name means 0.
    """

    day: date
    counts: Mapping[str, int]


class Counters(Protocol):
    """Counters, by day. Those of a day are deleted ``COUNTER_DAYS`` after it began."""

    def add(self, counters: DayCounters) -> None:
        """Add these counts to those of the day; several processes may do so at once."""
        ...

    def list(self, since: date, until: date) -> list[DayCounters]:
        """Return the days from ``since`` to ``until``, both inclusive, oldest first.

        Days without counters are left out.
        """
        ...
