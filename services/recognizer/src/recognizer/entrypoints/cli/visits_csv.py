"""Visits as rows of a spreadsheet: one row per visit, or one per person and day.

Days and times are in this machine's time zone. The console makes the same tables in the browser
(``static/sightings/visits_csv.js``).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TextIO

from facecore.contract import Visit

VISIT_COLUMNS = (
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
ATTENDANCE_COLUMNS = ("day", "name", "label", "present from", "present to", "visits")

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 - spreadsheets accept full-width signs in some languages
Row = Sequence[str]


def visit_rows(visits: Iterable[Visit], names: Mapping[str, str]) -> Iterator[Row]:
    """Yield one row per visit, in their order; ``names`` are by label."""
    for one in visits:
        yield (
            _day(one.first_seen),
            _time(one.first_seen),
            _time(one.last_seen),
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


def attendance_rows(visits: Iterable[Visit], names: Mapping[str, str]) -> Iterator[Row]:
    """Yield one row per person and day, sorted by day and name. Unknown people are left out.

    A visit counts for the day on which it began.
    """
    present: dict[tuple[str, str, str], _Presence] = {}
    for one in visits:
        if one.label is None:
            continue
        key = (_day(one.first_seen), names.get(one.label, ""), one.label)
        found = present.setdefault(key, _Presence(one.first_seen, one.last_seen, 0))
        found.first = min(found.first, one.first_seen)
        found.last = max(found.last, one.last_seen)
        found.visits += 1
    for (day, name, label), there in sorted(present.items()):
        yield (
            day,
            _text(name),
            _text(label),
            _time(there.first),
            _time(there.last),
            str(there.visits),
        )


def write(file: TextIO, columns: Row, rows: Iterable[Row]) -> int:
    """Write the rows as RFC 4180 CSV to a file without newline translation. Return their number."""
    writer = csv.writer(file)
    writer.writerow(columns)
    return sum(1 for row in rows if writer.writerow(row))


def _text(value: str) -> str:
    """Quote text that a spreadsheet would take for a formula.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{value}" if value.startswith(_FORMULA) else value


def _day(time: datetime) -> str:
    return time.astimezone().strftime("%Y-%m-%d")


def _time(time: datetime) -> str:
    return time.astimezone().strftime("%H:%M:%S")
