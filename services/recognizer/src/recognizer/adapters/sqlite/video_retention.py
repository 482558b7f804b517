"""Remove local video after its lifetime, and the oldest video when it takes too much room.

A removal survives a kill because of its order: set ``removing`` in the rows and commit, remove the
files and sync their folders, delete the rows. A row with ``removing`` set is a removal to finish.
``orphans`` handles files that no row names.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import islice

import anyio
from anyio import to_thread

from facecore.contract import Video, VideoState
from recognizer.adapters.sqlite.database import Database
from recognizer.adapters.sqlite.expiry import Expiry, TrustedTime
from recognizer.adapters.sqlite.video_files import LocalVideoStore
from recognizer.adapters.sqlite.videos import VideoRules, VideoSpace, read_videos
from recognizer.domain.errors import StoreUnavailable

logger = logging.getLogger(__name__)

BATCH = 100
"""Segments in one batch of removals."""
_EVERY_S = 3600
"""Seconds between two checks in the background."""


class VideoRetention:
    """Removes old video. Thread-safe, also between processes.

    Every call may raise ``StoreUnavailable``.

    Args:
        lifetime: how long a segment is kept after its announcement; None: for ever.
        space: how much video fits.
        time: the time by which segments expire.
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
        """Return the rules of the settings, with room for ``coming`` more bytes."""
        with self._database.read() as connection:
            stored = _stored_bytes(connection)
        return VideoRules(self._lifetime, self.space.allowed(stored, coming))

    def due(self, rules: VideoRules, *, keep: str | None = None) -> list[Video]:
        """Return the segments that the rules remove, except ``keep``. Change nothing."""
        with self._database.read() as connection:
            return read_videos(list(self._due(connection, rules, keep)))

    def prune(self, rules: VideoRules, *, keep: str | None = None) -> list[Video]:
        """Remove one batch of due segments and return it; empty if none is left."""
        self.finish_removals()
        if self._lifetime is not None:
            self._expiry(self._lifetime).retime()
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
        """Apply the rules after a segment was stored; that segment stays."""
        removed = self.prune(self.standing_rules(), keep=key)
        log_pruned(removed)

    def finish_removals(self) -> None:
        """Finish removals that another process, or a killed one, began."""
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
        """Set ``removing`` for one batch of due segments, so that no list has them."""
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
        """Return the latest expired time of announcement, in microseconds."""
        if older_than is None:
            return -1
        return self._expiry(older_than).oldest_us()

    def _expiry(self, lifetime: timedelta) -> Expiry:
        return Expiry(self._database, "videos", "received_at", lifetime, self._time)


def log_pruned(removed: list[Video]) -> None:
    """Log how much video was removed, if any."""
    if removed:
        size = sum(video.size_bytes for video in removed) / 1e9
        logger.info("video removed: %d segment(s), %.2f GB", len(removed), size)


@asynccontextmanager
async def pruned_hourly(retention: VideoRetention | None) -> AsyncIterator[None]:
    """Apply the rules in the background, now and every hour, until the context ends."""
    if retention is None:
        yield
        return
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_prune_hourly, retention)
        yield
        tasks.cancel_scope.cancel()


async def _prune_hourly(retention: VideoRetention) -> None:
    while True:
        try:
            while await to_thread.run_sync(_prune_batch, retention):
                pass
        except StoreUnavailable as error:
            logger.warning("old video could not be removed: %s", error)
        await anyio.sleep(_EVERY_S)


def _prune_batch(retention: VideoRetention) -> bool:
    """Remove one batch, so that a stop waits only for it; return whether there may be more."""
    removed = retention.prune(retention.standing_rules())
    log_pruned(removed)
    return bool(removed)


def _stored_bytes(connection: sqlite3.Connection) -> int:
    (total,) = connection.execute(
        "SELECT COALESCE(SUM(size_bytes), 0) FROM videos WHERE removing = 0 AND state = 'stored'"
    ).fetchone()
    return int(total)
