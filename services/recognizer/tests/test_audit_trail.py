"""Test what the audit log says when a change fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from facecore.contract import AuditAction, AuditDetail, AuditEntry, AuditOutcome
from recognizer.adapters.sqlite import open_local
from recognizer.domain.errors import PersonNotFound, StoreUnavailable
from recognizer.domain.ports import AuditFilter, Stores
from recognizer.use_cases.audit_trail import AT_THE_STORE, AuditTrail
from services.recognizer.tests.service import SettableClock
from services.recognizer.tests.stores.conftest import NOON
from services.recognizer.tests.stores.store_backends import (
    CROP_LIFETIME,
    LINK_LIFETIME,
    SIGHTING_LIFETIME,
)

DELETED = AuditAction.PERSON_DELETED


class Killed(BaseException):
    """The end of the process."""


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    stores = open_local(
        tmp_path,
        link_lifetime=LINK_LIFETIME,
        sighting_lifetime=SIGHTING_LIFETIME,
        crop_lifetime=CROP_LIFETIME,
        now=SettableClock(NOON),
    )
    yield stores
    stores.close()


@pytest.fixture
def trail(stores: Stores) -> AuditTrail:
    return AuditTrail(stores.audit, SettableClock(NOON))


def only(stores: Stores) -> AuditEntry:
    (entry,) = stores.audit.list(AuditFilter(), after=None, limit=9).entries
    return entry


def test_a_change_is_logged_as_intended_before_it_is_made(
    stores: Stores, trail: AuditTrail
) -> None:
    with trail.noting(AT_THE_STORE, DELETED, "ada") as note:
        assert only(stores).outcome is AuditOutcome.INTENDED
        note.detail = AuditDetail(photos=3)
    entry = only(stores)
    assert (entry.outcome, entry.detail, entry.at) == (
        AuditOutcome.DONE,
        AuditDetail(photos=3),
        NOON,
    )
    assert (entry.actor, entry.via, entry.subject) == ("admin", "store", "ada")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (PersonNotFound("ada"), AuditOutcome.REFUSED),
        (StoreUnavailable("half of it is done, who knows"), AuditOutcome.INTENDED),
        (Killed(), AuditOutcome.INTENDED),
        (ZeroDivisionError(), AuditOutcome.INTENDED),
    ],
)
def test_it_says_refused_only_where_nothing_was_changed(
    stores: Stores, trail: AuditTrail, error: BaseException, outcome: AuditOutcome
) -> None:
    with pytest.raises(type(error)), trail.noting(AT_THE_STORE, DELETED, "ada"):
        raise error
    assert only(stores).outcome is outcome


def test_an_event_is_logged_at_once(stores: Stores, trail: AuditTrail) -> None:
    trail.note(AT_THE_STORE, AuditAction.SIGN_IN_REFUSED, None, outcome=AuditOutcome.REFUSED)
    entry = only(stores)
    assert (entry.action, entry.subject, entry.outcome) == (
        AuditAction.SIGN_IN_REFUSED,
        None,
        AuditOutcome.REFUSED,
    )
