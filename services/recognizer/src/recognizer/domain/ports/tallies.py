"""Tallies: how often what happened, by the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

TALLY_DAYS = 400
"""How long a day's tally is kept: a year, and what it takes to look back on all of it."""
FLUSH_EVERY = timedelta(minutes=1)
"""Longest time between two writes of a process that counts requests all the while."""
FLUSH_REQUESTS = 50
"""Most requests of a process that wait to be written."""


@dataclass(frozen=True, slots=True)
class Tally:
    """One day in UTC.

    Attributes:
        counts: by a name of letters, digits and underscores; what is not there is 0.
    """

    day: date
    counts: Mapping[str, int]


class Tallies(Protocol):
    """Tallies, by day. One is forgotten ``TALLY_DAYS`` after its day began."""

    def add(self, tally: Tally) -> None:
        """Adds these counts to those of the day; several processes may do so at once."""
        ...

    def list(self, since: date, until: date) -> list[Tally]:
        """From one day to the other, both included, oldest first; days without are left out."""
        ...
