"""The port ``Tracks`` on SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from datetime import timedelta

from pydantic import TypeAdapter

from facecore.contract import LONGEST_TRACK, Track, TrackBox, TrackList, in_utc
from recognizer.adapters.damage import readable_rows
from recognizer.adapters.sqlite.database import Database
from recognizer.adapters.sqlite.expiry import Expiry, TrustedTime
from recognizer.domain.cursors import from_us, read_time_cursor, time_cursor, to_us
from recognizer.domain.ports import TrackFilter, TrackSpan

_PUT = """
INSERT OR REPLACE INTO tracks (device, started_at, track, ended_at, received_at,
                               frame_width, frame_height, boxes)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_BOXES = TypeAdapter(list[TrackBox])


class LocalTracks:
    """Tracks. Expired ones are never returned; a put deletes them, at most once an hour.

    Args:
        lifetime: how long a track is kept after it was received.
    """

    def __init__(self, database: Database, lifetime: timedelta, time: TrustedTime) -> None:
        self._database = database
        self._expiry = Expiry(database, "tracks", "received_at", lifetime, time)

    def forget_expired(self) -> None:
        """Delete expired tracks."""
        self._expiry.forget()

    def put(self, track: Track) -> None:
        """Store a track in one row."""
        self._expiry.forget_hourly()
        with self._database.write() as connection:
            connection.execute(_PUT, _to_row(track))

    def list(self, wanted: TrackFilter, *, after: str | None, limit: int) -> TrackList:
        """Return a page of tracks, latest start first."""
        rows = self._rows("*", wanted, after, limit + 1)
        more = rows[limit - 1] if len(rows) > limit else None
        return TrackList(
            tracks=readable_rows("track", rows[:limit], _from_row, _key),
            next=more and time_cursor(more["started_at"], more["track"]),
        )

    def spans(self, wanted: Collection[TrackFilter]) -> set[TrackSpan]:
        """Return the spans of the wanted tracks, with one query for each filter."""
        rows = [
            row
            for one in wanted
            for row in self._rows("device, track, started_at, ended_at", one, None, -1)
        ]
        return set(readable_rows("track", rows, _span, _key))

    def _rows(
        self, columns: str, wanted: TrackFilter, after: str | None, limit: int
    ) -> Sequence[sqlite3.Row]:
        """Return the tracks that overlap the period. None starts earlier than ``LONGEST_TRACK``."""
        since = wanted.since
        conditions = {
            "device = ?": wanted.device,
            "received_at > ?": self._expiry.oldest_us(),
            "started_at >= ?": since and to_us(since - LONGEST_TRACK),
            "ended_at >= ?": since and to_us(since),
            "started_at < ?": wanted.until and to_us(wanted.until),
        }
        given = {text: value for text, value in conditions.items() if value is not None}
        where = " AND ".join(["(started_at, track) < (?, ?)", *given])
        with self._database.read() as connection:
            return connection.execute(
                f"SELECT {columns} FROM tracks WHERE {where}"  # noqa: S608 - from the texts above
                " ORDER BY started_at DESC, track DESC LIMIT ?",
                (*read_time_cursor(after), *given.values(), limit),
            ).fetchall()


def _to_row(track: Track) -> tuple[str | int, ...]:
    return (
        track.device,
        to_us(track.started_at),
        track.track,
        to_us(track.ended_at),
        to_us(track.received_at),
        track.frame_width,
        track.frame_height,
        _BOXES.dump_json(track.boxes).decode(),
    )


def _key(row: sqlite3.Row) -> str:
    return f"{row['device']}/{row['started_at']}/{row['track']}"


def _span(row: sqlite3.Row) -> TrackSpan:
    started_at, ended_at = from_us(row["started_at"]), from_us(row["ended_at"])
    return TrackSpan(row["device"], row["track"], in_utc(started_at), in_utc(ended_at))


def _from_row(row: sqlite3.Row) -> Track:
    return Track(
        device=row["device"],
        track=row["track"],
        received_at=from_us(row["received_at"]),
        started_at=from_us(row["started_at"]),
        ended_at=from_us(row["ended_at"]),
        frame_width=row["frame_width"],
        frame_height=row["frame_height"],
        boxes=_BOXES.validate_json(row["boxes"]),
    )
