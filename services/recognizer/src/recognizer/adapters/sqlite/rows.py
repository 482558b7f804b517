"""Rows: what the local adapters share."""

from __future__ import annotations

import sqlite3

from recognizer.domain.errors import PersonNotFound

_FEW = 50
"""Rows deleted at once on a full disk. Each touches at most a page of its table, some of its
picture and one of each index: 50 * 10 * 4 KiB, half of what is reserved."""


def is_person(connection: sqlite3.Connection, label: str) -> bool:
    """Whether somebody has the label."""
    query = "SELECT 1 FROM people WHERE label = ?"
    return connection.execute(query, (label,)).fetchone() is not None


def require_person(connection: sqlite3.Connection, label: str) -> None:
    """Raises ``PersonNotFound``."""
    if not is_person(connection, label):
        raise PersonNotFound(label)


def few(table: str, where: str) -> str:
    """Return the statement that deletes some of these rows; a page or so of each index a row."""
    return (
        f"DELETE FROM {table} WHERE rowid IN"  # noqa: S608 - names and conditions of ours
        f" (SELECT rowid FROM {table} WHERE {where} LIMIT {_FEW})"
    )
