"""The port ``Audit`` on SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta

from facecore.contract import AuditAction, AuditDetail, AuditEntry, AuditList, AuditOutcome
from recognizer.adapters.damage import readable, readable_rows
from recognizer.adapters.sqlite.database import Database
from recognizer.domain.clock import Clock
from recognizer.domain.cursors import from_us, read_time_cursor, time_cursor, to_us
from recognizer.domain.ports import AUDIT_LIFETIME, AuditWanted

_INSERT = """
INSERT INTO audit (id, at, actor, via, action, subject, outcome, detail)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_COMPLETE = """
UPDATE audit SET action = ?, outcome = ?, detail = ? WHERE id = ? AND at = ? AND outcome = ?
"""
_OF_DELETIONS = frozenset(
    {
        AuditAction.PERSON_DELETED,
        AuditAction.PHOTO_REMOVED,
        AuditAction.DEVICE_REMOVED,
        AuditAction.UNKNOWN_PERSON_SHOWN_AGAIN,
        AuditAction.SIGNED_OUT,
        AuditAction.ADMIN_TOKEN_MADE,
    }
)
"""Actions that must work on a full disk, together with their entries."""


class LocalAudit:
    """Entries, ordered by time. Expired ones are never returned; the next append deletes them."""

    def __init__(
        self, database: Database, now: Clock, lifetime: timedelta = AUDIT_LIFETIME
    ) -> None:
        self._database = database
        self._now = now
        self._lifetime = lifetime

    def append(self, entry: AuditEntry) -> None:
        """Add an entry and delete expired ones, in one transaction."""
        detail = entry.detail.model_dump_json(exclude_none=True)
        row = (entry.actor, entry.via, entry.action, entry.subject, entry.outcome.value, detail)

        def insert(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM audit WHERE at <= ?", (self._oldest_us(),))
            connection.execute(_INSERT, (entry.id, to_us(entry.at), *row))

        self._write(entry, insert)

    def complete(self, entry: AuditEntry) -> None:
        """Complete an intended entry. Do nothing if it is complete already."""
        detail = entry.detail.model_dump_json(exclude_none=True)
        row = (entry.action, entry.outcome.value, detail, entry.id, to_us(entry.at))
        values = (*row, AuditOutcome.INTENDED.value)
        self._write(entry, lambda connection: connection.execute(_COMPLETE, values))

    def list(self, wanted: AuditWanted, *, after: str | None, limit: int) -> AuditList:
        """Return a page of entries, newest first."""
        conditions = {
            "at > ?": self._oldest_us(),
            "at >= ?": wanted.since and to_us(wanted.since),
            "at < ?": wanted.until and to_us(wanted.until),
            "action = ?": wanted.action,
            "subject = ?": wanted.subject,
        }
        given = {text: value for text, value in conditions.items() if value is not None}
        where = " AND ".join(["(at, id) < (?, ?)", *given])
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT * FROM audit WHERE {where}"  # noqa: S608 - from the texts above
                " ORDER BY at DESC, id DESC LIMIT ?",
                (*read_time_cursor(after), *given.values(), limit + 1),
            ).fetchall()
        more = rows[limit - 1] if len(rows) > limit else None
        return AuditList(
            entries=readable_rows("audit entry", rows[:limit], _from_row, lambda row: row["id"]),
            next=more and time_cursor(more["at"], more["id"]),
        )

    def _write(self, entry: AuditEntry, work: Callable[[sqlite3.Connection], object]) -> None:
        if entry.action in _OF_DELETIONS:
            self._database.erase(work)
            return
        with self._database.write() as connection:
            work(connection)

    def _oldest_us(self) -> int:
        """Return the latest expired time."""
        return to_us(self._now() - self._lifetime)


def _from_row(row: sqlite3.Row) -> AuditEntry:
    return AuditEntry(
        id=row["id"],
        at=from_us(row["at"]),
        actor=row["actor"],
        via=row["via"],
        action=row["action"],
        subject=row["subject"],
        outcome=AuditOutcome(row["outcome"]),
        detail=_detail(row),
    )


def _detail(row: sqlite3.Row) -> AuditDetail:
    def read() -> AuditDetail:
        return AuditDetail.model_validate_json(str(row["detail"]))

    return readable("audit entry", row["id"], read, where="detail") or AuditDetail()
