"""Single values: the gallery's version, the admin token's hash, the secret that signs links."""

from __future__ import annotations

import secrets
import sqlite3

from recognizer.adapters.sqlite.database import Database


def gallery_version(connection: sqlite3.Connection) -> int:
    """Return the gallery's version as this transaction sees it."""
    (version,) = connection.execute(
        "SELECT value FROM meta WHERE key = 'gallery_version'"
    ).fetchone()
    return int(version)


def next_gallery_version(connection: sqlite3.Connection) -> int:
    """Increment and return the version, within the transaction that changes embeddings."""
    connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'gallery_version'")
    return gallery_version(connection)


def link_secret(database: Database) -> bytes:
    """Return the 256 bits that sign links. They are made at the folder's first start."""
    with database.read() as connection:
        row = connection.execute("SELECT value FROM meta WHERE key = 'link_secret'").fetchone()
    if row is not None:
        return bytes(row["value"])
    with database.write() as connection:
        connection.execute(
            "INSERT OR IGNORE INTO meta VALUES ('link_secret', ?)", (secrets.token_bytes(32),)
        )
        (secret,) = connection.execute(
            "SELECT value FROM meta WHERE key = 'link_secret'"
        ).fetchone()
    return bytes(secret)


class LocalAdminTokens:
    """The port ``AdminTokens`` on SQLite."""

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
