"""Who changed what: an entry is written before each change, and completed after it.

So no change goes without an entry. A kill between the two leaves an entry that is ``intended``: it
is not known whether the change was made. The same entry remains if the store fails during the
change or when the entry is completed.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from facecore.contract import AuditAction, AuditDetail, AuditEntry, AuditOutcome
from facecore.errors import FaceCoreError
from recognizer.domain.clock import Clock
from recognizer.domain.errors import RecognizerError, StoreUnavailable

if TYPE_CHECKING:  # at run time it would load the models' runtime, which commands do without
    from recognizer.domain.ports import Audit

logger = logging.getLogger(__name__)

NOTHING_MORE = AuditDetail()


class Via(StrEnum):
    """How somebody was authenticated."""

    TOKEN = "token"  # noqa: S105 - a way in, no secret
    SESSION = "session"
    STORE = "store"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something: ``admin`` or a device's name, and how they were authenticated."""

    name: str
    via: Via


AT_THE_STORE = Actor("admin", Via.STORE)
"""Somebody who runs a command that works on the store itself."""
SOMEBODY = Actor("somebody", Via.SESSION)
"""Somebody who tries to sign in with a token that is not the admin's."""


@dataclass(slots=True)
class Note:
    """What is known only after the change; the code that makes the change sets it."""

    action: AuditAction
    detail: AuditDetail


class AuditTrail:
    """Writes the audit log. Thread-safe."""

    def __init__(self, audit: Audit, now: Clock) -> None:
        self._audit = audit
        self._now = now

    @contextmanager
    def noting(
        self,
        actor: Actor,
        action: AuditAction,
        subject: str | None,
        detail: AuditDetail = NOTHING_MORE,
    ) -> Iterator[Note]:
        """Log the change that is made within the context.

        A ``RecognizerError`` or ``FaceCoreError`` from within means that nothing was changed,
        except ``StoreUnavailable``, after which this is not known.

        Raises ``StoreUnavailable``: the log can't be written, so the change is not even tried.
        """
        entry = self._entry(actor, action, subject, detail, AuditOutcome.INTENDED)
        self._audit.append(entry)
        note = Note(action, detail)
        try:
            yield note
        except StoreUnavailable:
            raise  # it is not known whether the change was made
        except (RecognizerError, FaceCoreError):
            self._complete(entry, note, AuditOutcome.REFUSED)
            raise
        self._complete(entry, note, AuditOutcome.DONE)

    def note(
        self,
        actor: Actor,
        action: AuditAction,
        subject: str | None,
        detail: AuditDetail = NOTHING_MORE,
        *,
        outcome: AuditOutcome = AuditOutcome.DONE,
    ) -> None:
        """Log something that has happened. Raises ``StoreUnavailable``."""
        self._audit.append(self._entry(actor, action, subject, detail, outcome))

    def _entry(
        self,
        actor: Actor,
        action: AuditAction,
        subject: str | None,
        detail: AuditDetail,
        outcome: AuditOutcome,
    ) -> AuditEntry:
        return AuditEntry(
            id=uuid.uuid4().hex,
            at=self._now(),
            actor=actor.name,
            via=actor.via,
            action=action,
            subject=subject,
            outcome=outcome,
            detail=detail,
        )

    def _complete(self, entry: AuditEntry, note: Note, outcome: AuditOutcome) -> None:
        """Complete the entry; if that fails, only warn.

        The change is made, and its answer must reach the caller: a token is shown only once.
        """
        update = {"action": note.action, "detail": note.detail, "outcome": outcome}
        try:
            self._audit.complete(entry.model_copy(update=update))
        except StoreUnavailable:
            logger.warning("the audit log's entry %s stays 'intended'", entry.id, exc_info=True)
