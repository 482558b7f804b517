"""The port ``Videos`` on SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from facecore.contract import Video, VideoList, VideoState
from recognizer.errors import VideoNotFound
from recognizer.ports import VideosWanted
from recognizer.stores.damage import readable_rows
from recognizer.stores.local.database import Database
from recognizer.stores.moments import from_us, read_time_cursor, time_cursor, to_us

_PUT = """
INSERT OR REPLACE INTO videos (key, device, started_at, duration_ms, size_bytes, sha256, state)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""


class LocalVideos:
    """Segments, by key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def announce(self, video: Video) -> tuple[Video, bool]:
        """Keeps it unless the key is there; in the place of a row that can't be read."""
        with self._database.write() as connection:
            if (kept := _found(connection, video.key)) is not None:
                return kept, False
            connection.execute(_PUT, _to_row(video))
        return video, True

    def mark_stored(self, key: str) -> Video:
        """Notes that the bytes are safe."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE videos SET state = ? WHERE key = ?", (VideoState.STORED.value, key)
            )
            return _video(connection, key)

    def get(self, key: str) -> Video:
        """Raises ``VideoNotFound``."""
        with self._database.read() as connection:
            return _video(connection, key)

    def list(self, wanted: VideosWanted, *, after: str | None, limit: int) -> VideoList:
        """Newest first."""
        conditions = {
            "device = ?": wanted.device,
            "started_at >= ?": wanted.since and to_us(wanted.since),
            "started_at < ?": wanted.until and to_us(wanted.until),
        }
        given = {text: value for text, value in conditions.items() if value is not None}
        where = " AND ".join(["(started_at, key) < (?, ?)", *given])
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT * FROM videos WHERE {where}"  # noqa: S608 - from the texts above
                " ORDER BY started_at DESC, key DESC LIMIT ?",
                (*read_time_cursor(after), *given.values(), limit + 1),
            ).fetchall()
        more = rows[limit - 1] if len(rows) > limit else None
        return VideoList(
            videos=_read(rows[:limit]),
            next=more and time_cursor(more["started_at"], more["key"]),
        )


def _video(connection: sqlite3.Connection, key: str) -> Video:
    video = _found(connection, key)
    if video is None:
        raise VideoNotFound(f"no video has the key {key!r}; list the videos to see their keys")
    return video


def _found(connection: sqlite3.Connection, key: str) -> Video | None:
    rows = connection.execute("SELECT * FROM videos WHERE key = ?", (key,)).fetchall()
    return next(iter(_read(rows)), None)


def _read(rows: Sequence[sqlite3.Row]) -> list[Video]:
    return readable_rows("video", rows, _from_row, lambda row: row["key"])


def _to_row(video: Video) -> tuple[str | int, ...]:
    return (
        video.key,
        video.device,
        to_us(video.started_at),
        video.duration_ms,
        video.size_bytes,
        video.sha256,
        video.state.value,
    )


def _from_row(row: sqlite3.Row) -> Video:
    return Video(
        key=row["key"],
        device=row["device"],
        started_at=from_us(row["started_at"]),
        duration_ms=row["duration_ms"],
        size_bytes=row["size_bytes"],
        sha256=row["sha256"],
        state=VideoState(row["state"]),
    )
