"""The tables, and how an older database becomes a newer one.

``PRAGMA user_version`` counts the migrations applied. A released migration is never edited; the
next change is appended. Times are microseconds since 1970 in UTC; ``box``, ``quality`` and
``attributes`` are JSON as on the wire; embeddings are float32, little-endian.
"""

from __future__ import annotations

import sqlite3

from recognizer.errors import StoreUnavailable

_FIRST = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
INSERT INTO meta VALUES ('gallery_version', 0);

CREATE TABLE people (
    label TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    attributes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);

CREATE TABLE faces (
    label TEXT NOT NULL REFERENCES people,
    photo_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    model TEXT NOT NULL,
    box TEXT NOT NULL,
    quality TEXT NOT NULL,
    embedding BLOB NOT NULL,
    file TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (label, photo_id)
);

CREATE TABLE sightings (
    id TEXT PRIMARY KEY,
    device TEXT NOT NULL,
    captured_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    decision TEXT NOT NULL,
    label TEXT REFERENCES people,
    similarity REAL,
    margin REAL,
    box TEXT NOT NULL,
    video TEXT,
    offset_ms INTEGER,
    track TEXT
);
CREATE INDEX sightings_by_time ON sightings (captured_at, id);
CREATE INDEX sightings_by_label ON sightings (label, captured_at, id);
CREATE INDEX sightings_by_device ON sightings (device, captured_at, id);

CREATE TABLE videos (
    key TEXT PRIMARY KEY,
    device TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    state TEXT NOT NULL
);
CREATE INDEX videos_by_time ON videos (started_at, key);
CREATE INDEX videos_by_device ON videos (device, started_at, key);

CREATE TABLE devices (
    name TEXT PRIMARY KEY,
    token_sha256 TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER
);
"""

MIGRATIONS = (_FIRST,)


def migrate(connection: sqlite3.Connection) -> None:
    """Applies what is missing, in one transaction.

    Raises:
        StoreUnavailable: the database was written by a newer release.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        for migration in MIGRATIONS[_version(connection) :]:
            for statement in migration.split(";\n"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise StoreUnavailable(
            f"the database has version {version}, this release knows {len(MIGRATIONS)}; "
            "use the newer release"
        )
    return int(version)
