"""The port ``Videos`` on SQLite."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

from facecore.contract import Video, VideoList, VideoState
from recognizer.clock import Clock
from recognizer.errors import VideoNotFound
from recognizer.ports import VideosWanted
from recognizer.stores.local.database import Database
from recognizer.stores.local.expiry import Expiry
from recognizer.stores.moments import from_us, read_time_cursor, time_cursor, to_us

_THERE = "removing = 0 AND received_at > ?"
_ANNOUNCE = """
INSERT INTO videos (key, device, started_at, duration_ms, size_bytes, sha256, state, received_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET received_at = excluded.received_at, state = excluded.state
WHERE removing = 0 AND received_at <= ?
"""


class LocalVideos:
    """Segments, by key. An expired one is left out at once, and removed later.

    Args:
        lifetime: how long a segment is kept after its announcement; None: for ever.
        now: the time that expiry goes by.
    """

    def __init__(self, database: Database, lifetime: timedelta | None, now: Clock) -> None:
        self._database = database
        self._expiry = (
            None if lifetime is None else Expiry(database, "videos", "received_at", lifetime, now)
        )
        self._now = now

    def announce(self, video: Video) -> tuple[Video, bool]:
        """Keeps it unless the key is there; an expired one is announced anew."""
        received, oldest = to_us(self._now()), self._oldest_us()
        with self._database.write() as connection:
            done = connection.execute(
                _ANNOUNCE,
                (
                    video.key,
                    video.device,
                    to_us(video.started_at),
                    video.duration_ms,
                    video.size_bytes,
                    video.sha256,
                    video.state.value,
                    received,
                    oldest,
                ),
            )
            return self._kept(connection, video.key), done.rowcount == 1

    def mark_stored(self, key: str) -> Video:
        """Notes that the bytes are safe."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE videos SET state = ? WHERE key = ?", (VideoState.STORED.value, key)
            )
            return self._kept(connection, key)

    def get(self, key: str) -> Video:
        """Raises ``VideoNotFound``."""
        with self._database.read() as connection:
            return self._kept(connection, key)

    def list(self, wanted: VideosWanted, *, after: str | None, limit: int) -> VideoList:
        """Newest first."""
        conditions = {
            "device = ?": wanted.device,
            "started_at >= ?": wanted.since and to_us(wanted.since),
            "started_at < ?": wanted.until and to_us(wanted.until),
        }
        given = {text: value for text, value in conditions.items() if value is not None}
        where = " AND ".join(["(started_at, key) < (?, ?)", _THERE, *given])
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT * FROM videos WHERE {where}"  # noqa: S608 - from the texts above
                " ORDER BY started_at DESC, key DESC LIMIT ?",
                (*read_time_cursor(after), self._oldest_us(), *given.values(), limit + 1),
            ).fetchall()
        more = rows[limit - 1] if len(rows) > limit else None
        return VideoList(
            videos=[video_of(row) for row in rows[:limit]],
            next=more and time_cursor(more["started_at"], more["key"]),
        )

    def begin_removal(self, key: str) -> Video:
        """Marks the row, also one that is expired."""
        with self._database.write() as connection:
            connection.execute("UPDATE videos SET removing = 1 WHERE key = ?", (key,))
            row = connection.execute("SELECT * FROM videos WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise VideoNotFound.of(key)
        return video_of(row)

    def end_removal(self, key: str) -> None:
        """Deletes the row, if it is marked."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM videos WHERE key = ? AND removing = 1", (key,))

    def _kept(self, connection: sqlite3.Connection, key: str) -> Video:
        found = connection.execute(
            f"SELECT * FROM videos WHERE key = ? AND {_THERE}",  # noqa: S608 - a text of ours
            (key, self._oldest_us()),
        ).fetchone()
        if found is None:
            raise VideoNotFound.of(key)
        return video_of(found)

    def _oldest_us(self) -> int:
        """A segment that was announced then, or before, is expired."""
        return -1 if self._expiry is None else self._expiry.oldest_us()


def video_of(row: sqlite3.Row) -> Video:
    """Read a row of the table."""
    return Video(
        key=row["key"],
        device=row["device"],
        started_at=from_us(row["started_at"]),
        duration_ms=row["duration_ms"],
        size_bytes=row["size_bytes"],
        sha256=row["sha256"],
        state=VideoState(row["state"]),
    )
