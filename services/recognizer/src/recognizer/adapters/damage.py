"""Read stored values so that an unreadable one is left out and the rest of its list is kept.

A disk, a hand or an older release can leave a value that the contract does not take. The list then
lacks that value, or its row, and the log says so once for each row. The row is not changed, so that
it can be restored.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Literal, TypeVar

logger = logging.getLogger(__name__)
R = TypeVar("R")
T = TypeVar("T")

Kind = Literal[
    "audit entry", "crop", "device", "face", "ignored face", "person", "photo", "session",
    "sighting", "tally", "track", "video",
]  # fmt: skip

_UNREADABLE: Final = (ValueError, TypeError, LookupError, ArithmeticError)
"""What reading a value of the wrong type, form or range raises; pydantic's is a ``ValueError``."""
_MOST_LOGGED: Final = 10_000


class _Logged:
    """The rows that were logged already. Thread-safe, bounded."""

    def __init__(self) -> None:
        self._rows: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def add(self, kind: str, key: str) -> int | None:
        """Return the count with this row; None if the row is known, or past the bound."""
        with self._lock:
            if (kind, key) in self._rows or len(self._rows) >= _MOST_LOGGED:
                return None
            self._rows.add((kind, key))
            return len(self._rows)


_logged: Final = _Logged()


def readable(
    kind: Kind,
    key: object,
    read: Callable[[], T],
    *,
    where: str = "row",
    repair: str = "restore it from a backup",
) -> T | None:
    """Return a stored value. If it can't be read, log a warning and return None.

    Args:
        kind: what the row is, for the log.
        key: tells rows apart. The log shows a device's name, a video's key or an id made of
            digits, and no person's label.
        read: reads the value.
        where: the part of the row that is read; ``row`` for all of it.
        repair: how to repair it, for the log.

    """
    try:
        return read()
    except _UNREADABLE as error:
        _warn(kind, key, where, repair, error)
        return None


def readable_rows(
    kind: Kind, rows: Iterable[R], read: Callable[[R], T], key: Callable[[R], object]
) -> list[T]:
    """Return the rows in their order, without those that can't be read."""
    found = (readable(kind, key(row), lambda row=row: read(row)) for row in rows)  # type: ignore[misc]  # mypy can't infer a lambda's default
    return [one for one in found if one is not None]


def readable_text(data: bytes) -> str:
    """Decode a stored text. Replace damaged characters, for which SQLite would fail the query."""
    return data.decode(errors="replace")


def _warn(kind: Kind, key: object, where: str, repair: str, error: Exception) -> None:
    number = _logged.add(kind, f"{key}/{where}")
    if number is None:
        return
    shown: Mapping[str, object] = {} if kind in _NAMELESS else {"row": str(key)}
    logger.warning(
        "the %s of a %s in the store can't be read and is left out; %s",
        "value" if where != "row" else "row",
        kind,
        repair,
        extra={"kind": kind, "value": where, "error": type(error).__name__,
               "unreadable": number, **shown},
    )  # fmt: skip


_NAMELESS: Final[frozenset[Kind]] = frozenset({"person", "photo", "face", "session"})
"""Their keys hold a label, or a secret's hash."""
