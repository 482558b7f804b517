"""The port ``Videos`` on SQLite, and the rules for how long local video is kept."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from facecore.contract import Video, VideoList, VideoState
from recognizer.adapters.damage import readable_rows
from recognizer.adapters.sqlite.database import Database
from recognizer.adapters.sqlite.expiry import Expiry, TrustedTime
from recognizer.domain.cursors import from_us, read_time_cursor, time_cursor, to_us
from recognizer.domain.errors import StoreUnavailable, VideoNotFound
from recognizer.domain.ports import VideoFilter

_THERE = "removing = 0 AND received_at > ?"
_PUT = """
INSERT INTO videos (key, device, started_at, duration_ms, size_bytes, sha256, state, received_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET
    device = excluded.device, started_at = excluded.started_at, duration_ms = excluded.duration_ms,
    size_bytes = excluded.size_bytes, sha256 = excluded.sha256, state = excluded.state,
    received_at = excluded.received_at
WHERE removing = 0
"""


class LocalVideos:
    """Segments, found by key. Expired ones are never returned, and are removed later.

    Args:
        lifetime: how long a segment is kept after its announcement; None: for ever.
        time: the time by which segments expire.
    """

    def __init__(self, database: Database, lifetime: timedelta | None, time: TrustedTime) -> None:
        self._database = database
        self._expiry = (
            None if lifetime is None else Expiry(database, "videos", "received_at", lifetime, time)
        )
        self._time = time

    def announce(self, video: Video) -> tuple[Video, bool]:
        """Store the segment unless its key exists. Replace an expired or damaged row."""
        received_us = to_us(self._time.read().time)
        with self._database.write() as connection:
            if (kept := self._found(connection, video.key)) is not None:
                return kept, False
            connection.execute(_PUT, (*_to_row(video), received_us))
            return self._kept(connection, video.key), True

    def mark_stored(self, key: str) -> Video:
        """Set the segment's state to stored."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE videos SET state = ? WHERE key = ?", (VideoState.STORED.value, key)
            )
            return self._kept(connection, key)

    def get(self, key: str) -> Video:
        """Return the segment. Raise ``VideoNotFound``."""
        with self._database.read() as connection:
            return self._kept(connection, key)

    def list(self, wanted: VideoFilter, *, after: str | None, limit: int) -> VideoList:
        """Return a page of segments, newest first."""
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
            videos=read_videos(rows[:limit]),
            next=more and time_cursor(more["started_at"], more["key"]),
        )

    def begin_removal(self, key: str) -> None:
        """Set ``removing`` in the row, even if it is expired or can't be read."""
        mark = "UPDATE videos SET removing = 1 WHERE key = ?"
        if not self._database.erase(lambda connection: connection.execute(mark, (key,))).rowcount:
            raise VideoNotFound.of(key)

    def end_removal(self, key: str) -> None:
        """Delete the row if ``removing`` is set."""
        delete = "DELETE FROM videos WHERE key = ? AND removing = 1"
        self._database.erase(lambda connection: connection.execute(delete, (key,)))

    def _kept(self, connection: sqlite3.Connection, key: str) -> Video:
        video = self._found(connection, key)
        if video is None:
            raise VideoNotFound.of(key)
        return video

    def _found(self, connection: sqlite3.Connection, key: str) -> Video | None:
        rows = connection.execute(
            f"SELECT * FROM videos WHERE key = ? AND {_THERE}",  # noqa: S608 - fixed text
            (key, self._oldest_us()),
        ).fetchall()
        return next(iter(read_videos(rows)), None)

    def _oldest_us(self) -> int:
        """Return the latest expired time of announcement."""
        return -1 if self._expiry is None else self._expiry.oldest_us()


def read_videos(rows: Sequence[sqlite3.Row]) -> list[Video]:
    """Return the table's rows as videos, without those that can't be read."""
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


# Rules for how long, and how much, local video is kept.


FREE_BYTES = 10**9
"""Bytes that video leaves free on its disk, so that the database can always write. On a disk
smaller than ten times this, a tenth of the disk."""


@dataclass(frozen=True, slots=True)
class VideoRules:
    """Rules for the removal of video. None turns a rule off.

    Attributes:
        older_than: remove segments that were announced longer ago.
        keep_bytes: remove the oldest segments until the others take no more than this.
    """

    older_than: timedelta | None
    keep_bytes: int | None


class DiskUsage(Protocol):
    """The result of ``shutil.disk_usage``, in bytes."""

    @property
    def total(self) -> int:
        """Size of the disk."""
        ...

    @property
    def free(self) -> int:
        """Bytes that this user may still write."""
        ...


class VideoSpace:
    """The room for video on a disk.

    Args:
        folder: where the video is.
        most_bytes: never more than this; None: half of the disk.
        usage: measures the disk.
    """

    def __init__(
        self,
        folder: Path,
        most_bytes: int | None,
        usage: Callable[[Path], DiskUsage] = shutil.disk_usage,
    ) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._usage = usage

    def most_bytes(self) -> int:
        """Return the limit for all video, in bytes. Raise ``StoreUnavailable``."""
        return self._most(self._measured())

    def allowed(self, stored: int, coming: int = 0) -> int:
        """Return how many of ``stored`` bytes may stay when ``coming`` more are to be written.

        If removing all video would still leave too little room, other files fill the disk. Then
        only the limit counts. Raise ``StoreUnavailable``.
        """
        disk = self._measured()
        fitting = stored + disk.free - _reserve(disk) - coming
        most = self._most(disk)
        return most if fitting < 0 else min(most, fitting)

    def has_room(self, coming: int) -> bool:
        """Return whether ``coming`` bytes can be written now. Raise ``StoreUnavailable``."""
        disk = self._measured()
        return disk.free - coming >= _reserve(disk)

    def _most(self, disk: DiskUsage) -> int:
        return disk.total // 2 if self._most_bytes is None else self._most_bytes

    def _measured(self) -> DiskUsage:
        try:
            return self._usage(self._folder)
        except OSError as error:
            raise StoreUnavailable(
                f"the folder {self._folder} can't be used: {error.strerror}; "
                "restore it, or set RECOGNIZER_DATA_DIR to another folder"
            ) from error


def _reserve(disk: DiskUsage) -> int:
    return min(FREE_BYTES, disk.total // 10)
