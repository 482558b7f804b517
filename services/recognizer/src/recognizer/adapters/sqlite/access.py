"""The ports ``AdminTokens``, ``Devices`` and ``Sessions`` on SQLite."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from facecore.contract import Device, DeviceStatus
from recognizer.adapters.damage import readable, readable_rows
from recognizer.adapters.sqlite.database import Database
from recognizer.adapters.sqlite.expiry import TOLERANCE, TrustedTime
from recognizer.adapters.stored_values import device_of
from recognizer.domain.cursors import from_us, to_us
from recognizer.domain.errors import DeviceExists, DeviceNotFound
from recognizer.domain.ports import KeptSession


class LocalAdminTokens:
    """The one admin token."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sha256(self) -> str | None:
        """Return the token's hash, if there is a token."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT value FROM meta WHERE key = 'admin_token_sha256'"
            ).fetchone()
        return None if row is None else str(row["value"])

    def set_first(self, token_sha256: str) -> bool:
        """Store the hash if there is none yet; return whether it was stored."""
        with self._database.write() as connection:
            done = connection.execute(
                "INSERT OR IGNORE INTO meta VALUES ('admin_token_sha256', ?)", (token_sha256,)
            )
        return done.rowcount == 1

    def replace(self, token_sha256: str) -> None:
        """Replace the token's hash, also on a full disk. The old token stops working at once."""
        self._database.erase(
            lambda connection: connection.execute(
                "INSERT OR REPLACE INTO meta VALUES ('admin_token_sha256', ?)", (token_sha256,)
            )
        )


class LocalDevices:
    """Devices, found by name and by the hash of their token."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, device: Device, token_sha256: str) -> None:
        """Add a device. Raise ``DeviceExists``."""
        with self._database.write() as connection:
            done = connection.execute(
                "INSERT INTO devices (name, token_sha256, created_at) VALUES (?, ?, ?)"
                " ON CONFLICT (name) DO NOTHING",
                (device.name, token_sha256, to_us(device.created_at)),
            )
            if done.rowcount == 0:
                raise DeviceExists(device.name)

    def remove(self, name: str) -> None:
        """Remove a device. Raise ``DeviceNotFound``."""
        done = self._database.erase(
            lambda connection: connection.execute("DELETE FROM devices WHERE name = ?", (name,))
        )
        if done.rowcount == 0:
            raise DeviceNotFound(name)

    def list(self) -> list[Device]:
        """Return all devices, ordered by name."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT * FROM devices ORDER BY name").fetchall()
        return readable_rows("device", rows, _from_row, lambda row: row["name"])

    def find(self, token_sha256: str) -> Device | None:
        """Return the device with this token hash, if any."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT * FROM devices WHERE token_sha256 = ?", (token_sha256,)
            ).fetchone()
        return None if row is None else _from_row(row)

    def touch(self, name: str, at: datetime) -> None:
        """Store when the device was last seen."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE devices SET last_seen_at = ? WHERE name = ?", (to_us(at), name)
            )

    def report(self, name: str, status: DeviceStatus, at: datetime) -> None:
        """Store the device's status."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE devices SET status = ?, status_at = ? WHERE name = ?",
                (status.model_dump_json(exclude_none=True), to_us(at), name),
            )


def _from_row(row: sqlite3.Row) -> Device:
    return device_of({name: row[name] for name in row.keys()})  # noqa: SIM118 - of a Row


class LocalSessions:
    """Sessions, found by the secret's hash.

    An add deletes expired sessions. Once the clock is known to be right, it also deletes sessions
    that were opened while the clock was ahead.
    """

    def __init__(self, database: Database, time: TrustedTime) -> None:
        self._database = database
        self._time = time

    def add(self, session: KeptSession) -> None:
        """Add a session and delete expired ones, in one transaction."""
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
        """Return the session, which may have expired; None if it can't be read."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT * FROM sessions WHERE sha256 = ?", (sha256,)
            ).fetchone()
        if row is None:
            return None
        return readable("session", sha256, lambda: _session_from_row(row))

    def remove(self, sha256: str) -> None:
        """Delete the session at once."""
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
