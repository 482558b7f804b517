"""The port ``Devices`` on SQLite."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from facecore.contract import Device, DeviceStatus
from recognizer.errors import DeviceExists, DeviceNotFound
from recognizer.stores.damage import readable_rows
from recognizer.stores.kept_devices import device_of
from recognizer.stores.local.database import Database
from recognizer.stores.moments import to_us


class LocalDevices:
    """Devices, by name and by the hash of their token."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, device: Device, token_sha256: str) -> None:
        """Raises ``DeviceExists``."""
        with self._database.write() as connection:
            done = connection.execute(
                "INSERT INTO devices (name, token_sha256, created_at) VALUES (?, ?, ?)"
                " ON CONFLICT (name) DO NOTHING",
                (device.name, token_sha256, to_us(device.created_at)),
            )
            if done.rowcount == 0:
                raise DeviceExists(device.name)

    def remove(self, name: str) -> None:
        """Raises ``DeviceNotFound``."""
        done = self._database.erase(
            lambda connection: connection.execute("DELETE FROM devices WHERE name = ?", (name,))
        )
        if done.rowcount == 0:
            raise DeviceNotFound(name)

    def list(self) -> list[Device]:
        """All, in the order of their names."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT * FROM devices ORDER BY name").fetchall()
        return readable_rows("device", rows, _from_row, lambda row: row["name"])

    def find(self, token_sha256: str) -> Device | None:
        """Whose token this is."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT * FROM devices WHERE token_sha256 = ?", (token_sha256,)
            ).fetchone()
        return None if row is None else _from_row(row)

    def touch(self, name: str, at: datetime) -> None:
        """Notes when the device was last seen."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE devices SET last_seen_at = ? WHERE name = ?", (to_us(at), name)
            )

    def report(self, name: str, status: DeviceStatus, at: datetime) -> None:
        """Keeps how the device fares."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE devices SET status = ?, status_at = ? WHERE name = ?",
                (status.model_dump_json(exclude_none=True), to_us(at), name),
            )


def _from_row(row: sqlite3.Row) -> Device:
    return device_of({name: row[name] for name in row.keys()})  # noqa: SIM118 - of a Row
