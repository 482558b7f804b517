"""The port ``Sightings`` on SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from facecore.contract import Box, Decision, Sighting, SightingList
from recognizer.errors import SightingNotFound
from recognizer.ports import SightingsWanted
from recognizer.stores.local.database import Database
from recognizer.stores.moments import from_us, read_time_cursor, time_cursor, to_us

_INSERT = """
INSERT OR REPLACE INTO sightings (id, device, captured_at, received_at, decision, label,
                                  similarity, margin, box, video, offset_ms, track,
                                  image_width, image_height, took_ms, crop)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


_FORGET_EVERY = timedelta(hours=1)


class LocalSightings:
    """Sightings, by id; an expired one is left out at once, and deleted by an add within the hour.

    Args:
        lifetime: how long one is kept since it was received.
    """

    def __init__(
        self, database: Database, lifetime: timedelta, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._lifetime = lifetime
        self._now = now
        self._forgotten_at: datetime | None = None

    def forget_expired(self) -> None:
        """Deletes what is expired."""
        self._forgotten_at = self._now()
        with self._database.write() as connection:
            done = connection.execute(
                "DELETE FROM sightings WHERE received_at <= ?", (self._oldest_us(),)
            )
        if done.rowcount:
            self._database.forget()

    def add(self, sightings: Sequence[Sighting]) -> None:
        """One transaction, which sees whether a person is still there."""
        if self._forgotten_at is None or self._now() - self._forgotten_at >= _FORGET_EVERY:
            self.forget_expired()
        with self._database.write() as connection:
            for sighting in sightings:
                kept = sighting if _person_is_there(connection, sighting) else _unnamed(sighting)
                connection.execute(_INSERT, _to_row(kept))

    def find(self, sighting_id: str) -> Sighting:
        """Raises ``SightingNotFound``."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT * FROM sightings WHERE id = ? AND received_at > ?",
                (sighting_id, self._oldest_us()),
            ).fetchone()
        if row is None:
            raise SightingNotFound(sighting_id)
        return _from_row(row)

    def list(self, wanted: SightingsWanted, *, after: str | None, limit: int) -> SightingList:
        """Newest first."""
        conditions = {
            "received_at > ?": self._oldest_us(),
            "label = ?": wanted.label,
            "device = ?": wanted.device,
            "track = ?": wanted.track,
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
            sightings=[_from_row(row) for row in rows[:limit]],
            next=more and time_cursor(more["captured_at"], more["id"]),
        )

    def _oldest_us(self) -> int:
        """What was received then, or before, is expired."""
        return to_us(self._now() - self._lifetime)


def _person_is_there(connection: sqlite3.Connection, sighting: Sighting) -> bool:
    query = "SELECT 1 FROM people WHERE label = ?"
    return (
        sighting.label is None
        or connection.execute(query, (sighting.label,)).fetchone() is not None
    )


def _unnamed(sighting: Sighting) -> Sighting:
    return sighting.model_copy(
        update={"decision": Decision.UNKNOWN, "label": None, "similarity": None, "margin": None}
    )


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
