"""Queries that the local adapters share."""

from __future__ import annotations

import sqlite3

from recognizer.domain.errors import PersonNotFound

_FEW = 50
"""Rows in one batch of deletions on a full disk. Each touches at most one page of its table, some
of its picture and one of each index: 50 * 10 * 4 KiB, half of the reserve."""


def is_person(connection: sqlite3.Connection, label: str) -> bool:
    """Return whether a person has the label."""
    query = "SELECT 1 FROM people WHERE label = ?"
    return connection.execute(query, (label,)).fetchone() is not None


def require_person(connection: sqlite3.Connection, label: str) -> None:
    """Raise ``PersonNotFound`` if no person has the label."""
    if not is_person(connection, label):
        raise PersonNotFound(label)


def batch_deletion(table: str, where: str) -> str:
    """Return the statement that deletes one batch of these rows."""
    return (
        f"DELETE FROM {table} WHERE rowid IN"  # noqa: S608 - fixed names and conditions
        f" (SELECT rowid FROM {table} WHERE {where} LIMIT {_FEW})"
    )
