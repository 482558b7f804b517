"""The tables and their migrations.

``PRAGMA user_version`` counts the migrations applied. A released migration is never edited; the
next change is appended. Times are microseconds since 1970 in UTC, a ``day`` is YYYY-MM-DD in UTC;
``box``, ``boxes``, ``quality``, ``attributes`` and ``status`` are JSON as on the wire; embeddings
are float32, little-endian.
"""

from __future__ import annotations

import sqlite3

from recognizer.domain.errors import StoreUnavailable

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

_SESSIONS = """
CREATE TABLE sessions (
    sha256 TEXT PRIMARY KEY,
    admin_token_sha256 TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;
"""

_REPORTS_AND_TALLIES = """
ALTER TABLE devices ADD COLUMN status TEXT;
ALTER TABLE devices ADD COLUMN status_at INTEGER;

CREATE TABLE tallies (
    day TEXT NOT NULL,
    name TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (day, name)
) WITHOUT ROWID;
"""

_AUDIT = """
CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    via TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX audit_by_time ON audit (at, id);
"""

_VISITS = """
ALTER TABLE sightings ADD COLUMN image_width INTEGER;
ALTER TABLE sightings ADD COLUMN image_height INTEGER;
ALTER TABLE sightings ADD COLUMN took_ms REAL;
CREATE INDEX sightings_by_track ON sightings (device, track, captured_at, id)
    WHERE track IS NOT NULL;
"""

_UNKNOWN_PEOPLE = """
ALTER TABLE sightings ADD COLUMN crop TEXT;

CREATE TABLE crops (
    id TEXT PRIMARY KEY,
    label TEXT REFERENCES people,
    captured_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    face TEXT NOT NULL,
    model TEXT NOT NULL,
    embedding BLOB NOT NULL,
    picture BLOB NOT NULL
);
CREATE INDEX crops_by_label ON crops (label, id);
CREATE INDEX crops_of_unknown_people ON crops (model, captured_at, id) WHERE label IS NULL;
CREATE INDEX crops_by_receipt ON crops (received_at);

CREATE TABLE ignored_faces (
    id TEXT PRIMARY KEY,
    ignored_at INTEGER NOT NULL,
    model TEXT NOT NULL,
    embedding BLOB NOT NULL,
    picture BLOB NOT NULL
);
"""

_TRACKS = """
CREATE TABLE tracks (
    device TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    track TEXT NOT NULL,
    ended_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    frame_width INTEGER NOT NULL,
    frame_height INTEGER NOT NULL,
    boxes TEXT NOT NULL,
    PRIMARY KEY (device, started_at, track)
);
CREATE INDEX tracks_by_receipt ON tracks (received_at);
"""

_PHOTO_REMOVALS = """
CREATE TABLE photo_removals (file TEXT PRIMARY KEY) WITHOUT ROWID;
"""

_CORRECTIONS = """
ALTER TABLE sightings ADD COLUMN corrected INTEGER NOT NULL DEFAULT 0;
"""

_VIDEO_RETENTION = """
ALTER TABLE videos ADD COLUMN received_at INTEGER NOT NULL DEFAULT 0;
UPDATE videos SET received_at = MAX(started_at, CAST(strftime('%s', 'now') AS INTEGER) * 1000000);
ALTER TABLE videos ADD COLUMN removing INTEGER NOT NULL DEFAULT 0;
CREATE INDEX videos_by_receipt ON videos (received_at);
CREATE INDEX videos_by_age ON videos (MIN(started_at, received_at), key);
CREATE INDEX videos_removing ON videos (key) WHERE removing = 1;
CREATE INDEX videos_stored ON videos (size_bytes) WHERE removing = 0 AND state = 'stored';
"""
"""A video of an older release is kept as if it had been announced at the migration."""

_UNKNOWN_PEOPLE_IN_THE_AUDIT = """
UPDATE audit SET action = replace(action, 'stranger', 'unknown_person')
"""

_COUNTERS = """
ALTER TABLE tallies RENAME TO counters
"""

MIGRATIONS = (
    _FIRST,
    _SESSIONS,
    _REPORTS_AND_TALLIES,
    _AUDIT,
    _VISITS,
    _UNKNOWN_PEOPLE,
    _TRACKS,
    _PHOTO_REMOVALS,
    _CORRECTIONS,
    _VIDEO_RETENTION,
    _UNKNOWN_PEOPLE_IN_THE_AUDIT,
    _COUNTERS,
)


def migrate(connection: sqlite3.Connection) -> None:
    """Apply the missing migrations in one transaction. Write nothing if none is missing.

    Raises:
        StoreUnavailable: a newer release wrote the database.
    """
    if _version(connection) == len(MIGRATIONS):
        return
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
            f"the database has version {version}, but this release knows {len(MIGRATIONS)}; "
            "use the newer release"
        )
    return int(version)
