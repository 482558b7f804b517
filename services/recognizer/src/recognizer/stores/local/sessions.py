"""The port ``Sessions`` on SQLite."""

from __future__ import annotations

import sqlite3

from recognizer.ports import KeptSession
from recognizer.stores.damage import readable
from recognizer.stores.local.database import Database
from recognizer.stores.local.trusted_time import TOLERANCE, TrustedTime
from recognizer.stores.moments import from_us, to_us


class LocalSessions:
    """Sessions, by the hash of their secret; an add deletes those that have expired.

    So it does, once the clock is known to be right, with those opened while it was ahead.
    """

    def __init__(self, database: Database, time: TrustedTime) -> None:
        self._database = database
        self._time = time

    def add(self, session: KeptSession) -> None:
        """One transaction."""
        now = self._time.now()
        with self._database.write() as connection:
            connection.execute("DELETE FROM sessions WHERE expires_at <= ?", (to_us(now),))
            if self._time.is_settled():
                late = (to_us(now + TOLERANCE),)
                connection.execute("DELETE FROM sessions WHERE created_at > ?", late)
            connection.execute(
                "INSERT INTO sessions (sha256, admin_token_sha256, created_at, expires_at)"
                " VALUES (?, ?, ?, ?)",
                (
                    session.sha256,
                    session.admin_token_sha256,
                    to_us(session.created_at),
                    to_us(session.expires_at),
                ),
            )

    def find(self, sha256: str) -> KeptSession | None:
        """The session, which may have expired; none when it can't be read."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT * FROM sessions WHERE sha256 = ?", (sha256,)
            ).fetchone()
        if row is None:
            return None
        return readable("session", sha256, lambda: _session_from_row(row))

    def remove(self, sha256: str) -> None:
        """It is gone at once."""
        self._database.erase(
            lambda connection: connection.execute(
                "DELETE FROM sessions WHERE sha256 = ?", (sha256,)
            )
        )


def _session_from_row(row: sqlite3.Row) -> KeptSession:
    return KeptSession(
        sha256=row["sha256"],
        admin_token_sha256=row["admin_token_sha256"],
        created_at=from_us(row["created_at"]),
        expires_at=from_us(row["expires_at"]),
    )
