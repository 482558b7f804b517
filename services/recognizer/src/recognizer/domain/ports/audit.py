"""The audit log: who changed what, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from facecore.contract import AuditEntry, AuditList

AUDIT_LIFETIME = timedelta(days=400)
"""How long an entry is kept: a year, and a month to look at it. It is no setting, so that nobody
who changes something can shorten its record."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries to list; none means any. ``since`` is inclusive, ``until`` exclusive."""

    since: datetime | None = None
    until: datetime | None = None
    action: str | None = None
    subject: str | None = None


class Audit(Protocol):
    """Entries, by time and id. Each is kept for ``AUDIT_LIFETIME`` and never removed earlier.

    The deletion of a person leaves them as they are.
    """

    def append(self, entry: AuditEntry) -> None:
        """Store the entry."""
        ...

    def complete(self, entry: AuditEntry) -> None:
        """Replace the ``intended`` entry with the same time and id, which must exist.

        An entry that is complete already stays as it is.
        """
        ...

    def list(self, wanted: AuditFilter, *, after: str | None, limit: int) -> AuditList:
        """Return a page, newest first. With a filter, a short page need not be the last.

        Raises ``CursorInvalid``.
        """
        ...
