"""Test ``Audit`` on every store."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from facecore.contract import AuditAction, AuditDetail, AuditEntry, AuditOutcome
from recognizer.domain.errors import CursorInvalid
from recognizer.domain.ports import AUDIT_LIFETIME, AuditFilter, Stores
from services.recognizer.tests.service import SettableClock
from services.recognizer.tests.stores.conftest import NOON, person

EVERYTHING = AuditFilter()


def entry(
    number: int,
    *,
    at: datetime = NOON,
    action: str = AuditAction.PERSON_CHANGED,
    subject: str | None = "ada",
    outcome: AuditOutcome = AuditOutcome.DONE,
) -> AuditEntry:
    return AuditEntry(
        id=f"{number:032x}",
        at=at,
        actor="admin",
        via="token",
        action=action,
        subject=subject,
        outcome=outcome,
        detail=AuditDetail(photos=number),
    )


def listed(stores: Stores, wanted: AuditFilter = EVERYTHING, *, limit: int = 2) -> list[int]:
    """Return the numbers of every page's entries."""
    found: list[int] = []
    after = None
    while True:
        page = stores.audit.list(wanted, after=after, limit=limit)
        assert len(page.entries) <= limit
        found += [int(one.id, 16) for one in page.entries]
        if (after := page.next) is None:
            return found


def test_an_entry_is_read_as_it_was_appended(stores: Stores) -> None:
    full = entry(7, subject=None).model_copy(
        update={"detail": AuditDetail(into="bob", photo="f" * 32, photos=0, sightings=100_000)}
    )
    stores.audit.append(full)
    assert stores.audit.list(EVERYTHING, after=None, limit=9).entries == [full]


def test_pages_go_back_in_time_and_end(stores: Stores) -> None:
    for number in (3, 1, 4, 2, 5):
        stores.audit.append(entry(number, at=NOON - timedelta(minutes=5 - number)))
    assert listed(stores) == [5, 4, 3, 2, 1]


def test_entries_of_one_moment_are_each_listed_once(stores: Stores) -> None:
    for number in range(5):
        stores.audit.append(entry(number))
    assert listed(stores) == [4, 3, 2, 1, 0]


def test_filters_are_taken_together(stores: Stores) -> None:
    deleted = AuditAction.PERSON_DELETED
    stores.audit.append(entry(1, at=NOON - timedelta(days=2)))
    stores.audit.append(entry(2, at=NOON - timedelta(days=1), subject="bob"))
    stores.audit.append(entry(3, at=NOON, action=deleted))
    stores.audit.append(entry(4, at=NOON, action=deleted, subject=None))
    assert listed(stores, AuditFilter(subject="ada")) == [3, 1]
    assert listed(stores, AuditFilter(action=deleted)) == [4, 3]
    assert listed(stores, AuditFilter(action=deleted, subject="ada")) == [3]
    assert listed(stores, AuditFilter(since=NOON - timedelta(days=1))) == [4, 3, 2]
    assert listed(stores, AuditFilter(until=NOON)) == [2, 1]
    assert listed(stores, AuditFilter(subject="nobody")) == []


def test_an_intended_entry_is_completed_in_place_and_once(stores: Stores) -> None:
    intended = entry(1, outcome=AuditOutcome.INTENDED)
    stores.audit.append(intended)
    stores.audit.append(entry(2, at=NOON + timedelta(seconds=1)))
    created = {"action": AuditAction.PERSON_CREATED, "detail": AuditDetail(records=1)}
    done = intended.model_copy(update={**created, "outcome": AuditOutcome.DONE})
    stores.audit.complete(done)
    stores.audit.complete(intended.model_copy(update={"outcome": AuditOutcome.REFUSED}))
    assert stores.audit.list(EVERYTHING, after=None, limit=9).entries[1] == done
    assert listed(stores, AuditFilter(action=AuditAction.PERSON_CREATED)) == [1]


def test_an_entry_outlives_the_person_and_expires(stores: Stores, clock: SettableClock) -> None:
    person(stores, "ada")
    stores.audit.append(entry(1))
    stores.people.delete("ada")
    assert listed(stores) == [1]
    clock.move(AUDIT_LIFETIME - timedelta(seconds=1))
    assert listed(stores) == [1]
    clock.move(timedelta(seconds=2))
    assert listed(stores) == []
    stores.audit.append(entry(2, at=clock()))
    assert listed(stores) == [2]


def test_a_device_and_the_admins_token_are_not_entries(stores: Stores) -> None:
    stores.admin_tokens.replace("f" * 64)
    stores.audit.append(entry(1))
    assert listed(stores) == [1]
    assert stores.devices.list() == []
    assert stores.admin_tokens.sha256() == "f" * 64


@pytest.mark.parametrize("cursor", ["", "x", "ada", "!!!!", "é"])
def test_an_invalid_cursor_is_refused(stores: Stores, cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        stores.audit.list(EVERYTHING, after=cursor, limit=9)
