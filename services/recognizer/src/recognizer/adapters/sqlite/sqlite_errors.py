"""Translate SQLite's errors into the store's: what is wrong, and what to do about it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from recognizer.domain.errors import StoreDamaged, StoreFull, StoreUnavailable

RESTORE = (
    "stop the server, keep a copy of the data folder, and restore recognizer.db from a backup; "
    "docs/operations.md says how"
)
_PRIMARY = 0xFF
"""An extended result code holds the primary one in its lowest byte.

https://www.sqlite.org/rescode.html
"""
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})
_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
_FORBIDDEN = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})


def translated(error: sqlite3.DatabaseError, path: Path) -> StoreUnavailable:
    """Return the error to raise instead of SQLite's."""
    if path.is_dir():
        return StoreUnavailable(
            f"{path} is a folder, but the database is a file; move that folder away, or name "
            "another data folder"
        )
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY
    if code in _DAMAGED:
        return damaged(path, error)
    if code in _FULL:
        return StoreFull(f"the disk of {path} can't be written ({error}); free some space on it")
    if code in _LOCKED:
        return StoreUnavailable(
            f"another process holds the database {path} ({error}); wait for it, or stop it"
        )
    if code in _FORBIDDEN:
        return StoreUnavailable(
            f"this user may not use the database {path} ({error}); "
            "look at the permissions of the file and of its folder"
        )
    return StoreUnavailable(
        f"the database {path} can't be used now: {error}; `recognizer doctor` looks at it"
    )


def damaged(path: Path, found: object) -> StoreDamaged:
    """Return the error of a database that can't be read any more."""
    return StoreDamaged(f"the database {path} is damaged ({found}); {RESTORE}")
