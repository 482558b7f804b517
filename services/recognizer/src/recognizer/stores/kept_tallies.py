"""Tallies as both families of stores keep them: a day, and counts by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from recognizer.ports import Tally
from recognizer.stores.damage import readable, readable_rows

_Kept = tuple[str, Mapping[str, object]]


def tallies_of(kept: Sequence[_Kept]) -> list[Tally]:
    """The tallies in their order, without days and counts that can't be read."""
    return readable_rows("tally", kept, _tally, lambda one: one[0])


def _tally(kept: _Kept) -> Tally:
    day, counts = kept
    found = {name: _count(f"{day}/{name}", count) for name, count in counts.items()}
    return Tally(date.fromisoformat(day), {name: n for name, n in found.items() if n is not None})


def _count(key: str, kept: object) -> int | None:
    def read() -> int:
        if not isinstance(kept, int):
            raise TypeError("a count is a whole number")
        return kept

    return readable("tally", key, read, where="count")
