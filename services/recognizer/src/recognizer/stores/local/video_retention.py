"""Removes local video after its time, and the oldest when it takes too much room.

In this order, so that a kill leaves nothing half: the rows are marked (committed), the files are
removed and their folders synced, the rows are deleted. A mark that is found later is a removal that
was not finished. A file that no row names is left to ``sweep``.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from facecore.contract import Video, VideoState
from recognizer.stores.local.database import Database
from recognizer.stores.local.expiry import Expiry
from recognizer.stores.local.trusted_time import TrustedTime
from recognizer.stores.local.video_files import LocalVideoStore
from recognizer.stores.local.video_rules import VideoRules, VideoSpace
from recognizer.stores.local.videos import read_videos

logger = logging.getLogger(__name__)

BATCH = 100
"""Segments that are removed at once."""


class VideoRetention:
    """Thread-safe, also between processes. Raises ``StoreUnavailable`` from every call.

    Args:
        lifetime: how long a segment is kept after its announcement; None: for ever.
        space: how much fits.
        time: the time that expiry goes by.
    """

    def __init__(
        self,
        database: Database,
        store: LocalVideoStore,
        *,
        lifetime: timedelta | None,
        space: VideoSpace,
        time: TrustedTime,
    ) -> None:
        self._database = database
        self._store = store
        self._lifetime = lifetime
        self._time = time
        self.space = space

    def standing_rules(self, coming: int = 0) -> VideoRules:
        """The rules of the settings, with room for so many bytes more."""
        with self._database.read() as connection:
            stored = _stored_bytes(connection)
        return VideoRules(self._lifetime, self.space.allowed(stored, coming))

    def due(self, rules: VideoRules, *, keep: str | None = None) -> list[Video]:
        """The segments that the rules remove, but never ``keep``; changes nothing."""
        with self._database.read() as connection:
            return read_videos(list(self._due(connection, rules, keep)))

    def prune(self, rules: VideoRules, *, keep: str | None = None) -> list[Video]:
        """Remove a batch of what is due, and say what was removed; an empty list is the end."""
        self.finish_removals()
        if self._lifetime is not None:
            self._expiry(self._lifetime).redate()
        with self._database.read() as connection:
            if next(self._due(connection, rules, keep), None) is None:
                return []
        rows = self._database.erase(lambda connection: self._mark(connection, rules, keep))
        self._finish(rows)
        return read_videos(rows)

    def make_room(self, video: Video) -> None:
        """Remove the oldest segments if the disk has no room for this one."""
        if not self.space.has_room(video.size_bytes):
            self.prune(self.standing_rules(video.size_bytes), keep=video.key)

    def after_upload(self, key: str) -> None:
        """Keep to the rules after a segment was stored, which itself stays."""
        removed = self.prune(self.standing_rules(), keep=key)
        log_pruned(removed)

    def finish_removals(self) -> None:
        """Finish what was marked, by another process or before a kill."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT * FROM videos WHERE removing = 1").fetchall()
        if rows:
            self._finish(rows)

    def _finish(self, rows: list[sqlite3.Row]) -> None:
        self._store.remove_all([row["key"] for row in rows])
        keys = [(row["key"],) for row in rows]
        delete = "DELETE FROM videos WHERE key = ? AND removing = 1"
        self._database.erase(lambda connection: connection.executemany(delete, keys))

    def _mark(
        self, connection: sqlite3.Connection, rules: VideoRules, keep: str | None
    ) -> list[sqlite3.Row]:
        """Mark a batch of what is due, so that it is in no list any more."""
        rows = list(islice(self._due(connection, rules, keep), BATCH))
        connection.executemany(
            "UPDATE videos SET removing = 1 WHERE key = ?", [(row["key"],) for row in rows]
        )
        return rows

    def _due(
        self, connection: sqlite3.Connection, rules: VideoRules, keep: str | None
    ) -> Iterator[sqlite3.Row]:
        cutoff = self._cutoff(rules.older_than)
        excess = 0 if rules.keep_bytes is None else _stored_bytes(connection) - rules.keep_bytes
        others = (
            "SELECT *, CAST(size_bytes AS INTEGER) AS bytes FROM videos"
            " WHERE removing = 0 AND key IS NOT ?"
        )
        expired = f"{others} AND received_at <= ? ORDER BY received_at, key"
        for row in connection.execute(expired, (keep, cutoff)):
            excess -= row["bytes"] if row["state"] == VideoState.STORED.value else 0
            yield row
        if excess <= 0:
            return
        left = (
            f"{others} AND received_at > ? AND state = 'stored'"
            " ORDER BY MIN(started_at, received_at), key"
        )
        for row in connection.execute(left, (keep, cutoff)):
            yield row
            excess -= row["bytes"]
            if excess <= 0:
                return

    def _cutoff(self, older_than: timedelta | None) -> int:
        """A segment that was announced then, or before, is expired; in microseconds."""
        if older_than is None:
            return -1
        return self._expiry(older_than).oldest_us()

    def _expiry(self, lifetime: timedelta) -> Expiry:
        return Expiry(self._database, "videos", "received_at", lifetime, self._time)


def log_pruned(removed: list[Video]) -> None:
    """Log how much video was removed, if any was."""
    if removed:
        size = sum(video.size_bytes for video in removed) / 1e9
        logger.info("video removed: %d segment(s), %.2f GB", len(removed), size)


def _stored_bytes(connection: sqlite3.Connection) -> int:
    (total,) = connection.execute(
        "SELECT COALESCE(SUM(size_bytes), 0) FROM videos WHERE removing = 0 AND state = 'stored'"
    ).fetchone()
    return int(total)
