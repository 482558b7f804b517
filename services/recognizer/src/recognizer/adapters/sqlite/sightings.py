"""The port ``Sightings`` on SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from facecore.contract import Box, Decision, Sighting, SightingList
from recognizer.adapters.damage import readable_rows
from recognizer.adapters.sqlite.connections import is_person
from recognizer.adapters.sqlite.database import Database
from recognizer.adapters.sqlite.expiry import Expiry, TrustedTime
from recognizer.domain.cursors import from_us, read_time_cursor, time_cursor, to_us
from recognizer.domain.errors import SightingNotFound
from recognizer.domain.ports import SightingFilter, TrackName, unnamed

_INSERT = """
INSERT OR REPLACE INTO sightings (id, device, captured_at, received_at, decision, label,
                                  similarity, margin, box, video, offset_ms, track,
                                  image_width, image_height, took_ms, crop, corrected)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_OF_TRACK = """
SELECT * FROM sightings WHERE device = ? AND track = ? AND received_at > ?
ORDER BY captured_at DESC, id DESC LIMIT ?
"""


class LocalSightings:
    """Sightings, found by id. Expired ones are never returned; an add deletes them hourly.

    Args:
        lifetime: how long a sighting is kept after it was received.
    """

    def __init__(self, database: Database, lifetime: timedelta, time: TrustedTime) -> None:
        self._database = database
        self._expiry = Expiry(database, "sightings", "received_at", lifetime, time)

    def forget_expired(self) -> None:
        """Delete expired sightings."""
        self._expiry.forget()

    def add(self, sightings: Sequence[Sighting]) -> None:
        """Add sightings in one transaction.

        Corrected sightings are not replaced. A sighting of a deleted person is stored unnamed.
        """
        self._expiry.forget_hourly()
        with self._database.write() as connection:
            for sighting in sightings:
                if not _is_corrected(connection, sighting):
                    _put(connection, sighting, corrected=False)

    def correct(self, sightings: Sequence[Sighting]) -> None:
        """Store corrected sightings in one transaction; unnamed if their person was deleted."""
        with self._database.write() as connection:
            for sighting in sightings:
                _put(connection, sighting, corrected=True)

    def is_corrected(self, sighting: Sighting) -> bool:
        """Return whether the stored sighting with this id was corrected."""
        with self._database.read() as connection:
            return _is_corrected(connection, sighting)

    def find(self, sighting_id: str) -> Sighting:
        """Return the sighting. Raise ``SightingNotFound``."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT * FROM sightings WHERE id = ? AND received_at > ?",
                (sighting_id, self._expiry.oldest_us()),
            ).fetchone()
        for sighting in _read([] if row is None else [row]):
            return sighting
        raise SightingNotFound(sighting_id)

    def list(self, wanted: SightingFilter, *, after: str | None, limit: int) -> SightingList:
        """Return a page of sightings, newest first."""
        conditions = {
            "received_at > ?": self._expiry.oldest_us(),
            "label = ?": wanted.label,
            "device = ?": wanted.device,
            "decision = ?": wanted.decision,
            "captured_at >= ?": wanted.since and to_us(wanted.since),
            "captured_at < ?": wanted.until and to_us(wanted.until),
        }
        given = {text: value for text, value in conditions.items() if value is not None}
        where = " AND ".join(["(captured_at, id) < (?, ?)", *given])
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT * FROM sightings WHERE {where}"  # noqa: S608 - from the texts above
                " ORDER BY captured_at DESC, id DESC LIMIT ?",
                (*read_time_cursor(after), *given.values(), limit + 1),
            ).fetchall()
        more = rows[limit - 1] if len(rows) > limit else None
        return SightingList(
            sightings=_read(rows[:limit]),
            next=more and time_cursor(more["captured_at"], more["id"]),
        )

    def of_tracks(
        self, tracks: Collection[TrackName], *, most: int
    ) -> Mapping[TrackName, Sequence[Sighting]]:
        """Return the sightings of tracks. One indexed query for each; all see one state."""
        oldest = self._expiry.oldest_us()
        with self._database.read() as connection:
            rows = {
                track: connection.execute(_OF_TRACK, (*track, oldest, most)).fetchall()
                for track in tracks
            }
        return {track: _read(found) for track, found in rows.items()}


def _put(connection: sqlite3.Connection, sighting: Sighting, *, corrected: bool) -> None:
    there = sighting.label is None or is_person(connection, sighting.label)
    row = _to_row(sighting if there else unnamed(sighting))
    connection.execute(_INSERT, (*row, int(corrected)))


def _is_corrected(connection: sqlite3.Connection, sighting: Sighting) -> bool:
    row = connection.execute(
        "SELECT 1 FROM sightings WHERE id = ? AND corrected", (sighting.id,)
    ).fetchone()
    return row is not None


def _to_row(sighting: Sighting) -> tuple[str | int | float | None, ...]:
    return (
        sighting.id,
        sighting.device,
        to_us(sighting.captured_at),
        to_us(sighting.received_at),
        sighting.decision.value,
        sighting.label,
        sighting.similarity,
        sighting.margin,
        sighting.box.model_dump_json(),
        sighting.video,
        sighting.offset_ms,
        sighting.track,
        sighting.image_width,
        sighting.image_height,
        sighting.took_ms,
        sighting.crop,
    )


def _read(rows: Sequence[sqlite3.Row]) -> list[Sighting]:
    return readable_rows("sighting", rows, _from_row, lambda row: row["id"])


def _from_row(row: sqlite3.Row) -> Sighting:
    return Sighting(
        id=row["id"],
        device=row["device"],
        captured_at=from_us(row["captured_at"]),
        received_at=from_us(row["received_at"]),
        decision=Decision(row["decision"]),
        label=row["label"],
        similarity=row["similarity"],
        margin=row["margin"],
        box=Box.model_validate_json(row["box"]),
        video=row["video"],
        offset_ms=row["offset_ms"],
        track=row["track"],
        image_width=row["image_width"],
        image_height=row["image_height"],
        took_ms=row["took_ms"],
        crop=row["crop"],
    )
