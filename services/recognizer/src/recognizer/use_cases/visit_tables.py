"""Visits as a table for spreadsheets: one row per visit, or one per person and day.

``/v1/visits.csv``, ``/v1/attendance.csv`` and ``recognizer sightings export`` make their CSV here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Protocol, TextIO

from facecore.contract import MAX_PAGE, Visit
from recognizer.domain.clock import Clock
from recognizer.domain.errors import TooManyVisits
from recognizer.domain.ports import People, SightingFilter
from recognizer.use_cases.visits import Visits

MOST_VISITS = 10_000
"""Most visits of one answer: a function in AWS has seconds for it, and may return a few MB."""

_VISIT_COLUMNS = (
    "day",
    "first seen",
    "last seen",
    "name",
    "label",
    "device",
    "decision",
    "similarity",
    "count",
)
_ATTENDANCE_COLUMNS = ("day", "name", "label", "present from", "present to", "visits")

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 - spreadsheets accept full-width signs in some languages
Row = Sequence[str]


class Table(Protocol):
    """``visit_table`` or ``attendance_table``."""

    def __call__(
        self, visits: Iterable[Visit], names: Mapping[str, str], zone: tzinfo | None
    ) -> Iterator[Row]:
        """Yield the header, then the rows.

        Args:
            visits: newest first.
            names: of people, by label.
            zone: of days and times; none is this machine's.
        """
        ...


class VisitTables:
    """Tables of all visits that a filter finds."""

    def __init__(self, visits: Visits, people: People, now: Clock) -> None:
        self._visits = visits
        self._people = people
        self._now = now

    def csv(self, table: Table, wanted: SightingFilter, zone: tzinfo) -> str:
        """Return the table as CSV. Raises ``TooManyVisits`` above ``MOST_VISITS``."""
        found = self._all(replace(wanted, until=wanted.until or self._now()))
        known = self._people.known({one.label for one in found if one.label is not None})
        names = {label: person.name for label, person in known.items()}
        out = io.StringIO(newline="")
        write(out, table(found, names, zone))
        return out.getvalue()

    def _all(self, wanted: SightingFilter) -> Sequence[Visit]:
        found: list[Visit] = []
        after = None
        while True:
            page = self._visits.list(wanted, after=after, limit=MAX_PAGE)
            found += page.visits
            if len(found) > MOST_VISITS:
                raise TooManyVisits(MOST_VISITS)
            if (after := page.next) is None:
                return found


def visit_table(
    visits: Iterable[Visit], names: Mapping[str, str], zone: tzinfo | None
) -> Iterator[Row]:
    """Yield one row per visit, in their order. See ``Table``."""
    yield _VISIT_COLUMNS
    for one in visits:
        yield (
            _day(one.first_seen, zone),
            _time(one.first_seen, zone),
            _time(one.last_seen, zone),
            _text(names.get(one.label or "", "")),
            _text(one.label or ""),
            _text(one.device),
            one.decision.value,
            "" if one.similarity is None else f"{one.similarity:.2f}",
            str(one.count),
        )


@dataclass(slots=True)
class _Presence:
    first: datetime
    last: datetime
    visits: int


def attendance_table(
    visits: Iterable[Visit], names: Mapping[str, str], zone: tzinfo | None
) -> Iterator[Row]:
    """Yield one row per person and day, sorted by day and name. Unknown people are left out.

    A visit counts for the day on which it began. See ``Table``.
    """
    yield _ATTENDANCE_COLUMNS
    present: dict[tuple[str, str, str], _Presence] = {}
    for one in visits:
        if one.label is None:
            continue
        key = (_day(one.first_seen, zone), names.get(one.label, ""), one.label)
        found = present.setdefault(key, _Presence(one.first_seen, one.last_seen, 0))
        found.first = min(found.first, one.first_seen)
        found.last = max(found.last, one.last_seen)
        found.visits += 1
    for (day, name, label), there in sorted(present.items()):
        yield (
            day,
            _text(name),
            _text(label),
            _time(there.first, zone),
            _time(there.last, zone),
            str(there.visits),
        )


def write(file: TextIO, table: Iterable[Row]) -> int:
    """Write a table as RFC 4180 CSV to a file without newline translation.

    Returns:
        the number of rows without the header.

    """
    writer = csv.writer(file)
    return sum(1 for row in table if writer.writerow(row)) - 1


def _text(value: str) -> str:
    """Quote text that a spreadsheet would take for a formula.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{value}" if value.startswith(_FORMULA) else value


def _day(time: datetime, zone: tzinfo | None) -> str:
    return time.astimezone(zone).strftime("%Y-%m-%d")


def _time(time: datetime, zone: tzinfo | None) -> str:
    return time.astimezone(zone).strftime("%H:%M:%S")
