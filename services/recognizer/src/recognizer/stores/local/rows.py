"""Rows: what the local adapters share."""

from __future__ import annotations

import sqlite3

from recognizer.errors import PersonNotFound


def is_person(connection: sqlite3.Connection, label: str) -> bool:
    """Whether somebody has the label."""
    query = "SELECT 1 FROM people WHERE label = ?"
    return connection.execute(query, (label,)).fetchone() is not None


def require_person(connection: sqlite3.Connection, label: str) -> None:
    """Raises ``PersonNotFound``."""
    if not is_person(connection, label):
        raise PersonNotFound(label)
