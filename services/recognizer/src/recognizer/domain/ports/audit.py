"""The audit log: who changed what, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from facecore.contract import AuditEntry, AuditList

AUDIT_LIFETIME = timedelta(days=400)
"""How long an entry is kept: a year, and a month to look at it. Not a setting, so that nobody who
changes something can shorten what is remembered of it."""


@dataclass(frozen=True, slots=True)
class AuditWanted:
    """Which entries to list; none means any. Of the times, ``since`` is in, ``until`` is out."""

    since: datetime | None = None
    until: datetime | None = None
    action: str | None = None
    subject: str | None = None


class Audit(Protocol):
    """Entries by time and id. None is ever removed, but by its age: ``AUDIT_LIFETIME``.

    A person's deletion leaves them as they are.
    """

    def append(self, entry: AuditEntry) -> None:
        """Keeps it."""
        ...

    def complete(self, entry: AuditEntry) -> None:
        """Puts it in the place of the one ``intended`` with its time and id; it must be there.

        One that is complete already stays as it is.
        """
        ...

    def list(self, wanted: AuditWanted, *, after: str | None, limit: int) -> AuditList:
        """Newest first; with a filter a page may be short and not be the last.

        Raises ``CursorInvalid``.
        """
        ...
