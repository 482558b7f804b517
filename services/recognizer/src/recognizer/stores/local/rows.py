"""Rows: what the local adapters share."""

from __future__ import annotations

import sqlite3

from recognizer.errors import PersonNotFound


def require_person(connection: sqlite3.Connection, label: str) -> None:
    """Raises ``PersonNotFound``."""
    if connection.execute("SELECT 1 FROM people WHERE label = ?", (label,)).fetchone() is None:
        raise PersonNotFound(label)
