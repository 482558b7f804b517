"""Test ``Sessions`` on every store."""

from __future__ import annotations

from datetime import timedelta

from facecore.contract import Device
from recognizer.domain.ports import KeptSession, Stores
from services.recognizer.tests.stores.conftest import NOON


def kept(letter: str, *, hours: int = 12, after: timedelta = timedelta(0)) -> KeptSession:
    start = NOON + after
    return KeptSession(letter * 64, "f" * 64, start, start + timedelta(hours=hours))


def test_a_session_is_found_by_its_hash_as_it_was_kept(stores: Stores) -> None:
    stores.sessions.add(kept("a"))
    stores.sessions.add(kept("b", hours=720))
    assert stores.sessions.find("a" * 64) == kept("a")
    assert stores.sessions.find("b" * 64) == kept("b", hours=720)
    assert stores.sessions.find("c" * 64) is None


def test_a_removed_session_is_gone_at_once_and_alone(stores: Stores) -> None:
    stores.sessions.add(kept("a"))
    stores.sessions.add(kept("b"))
    stores.sessions.remove("a" * 64)
    stores.sessions.remove("a" * 64)
    assert stores.sessions.find("a" * 64) is None
    assert stores.sessions.find("b" * 64) == kept("b")


def test_an_add_removes_no_session_that_still_works(stores: Stores) -> None:
    stores.sessions.add(kept("a"))
    later = timedelta(hours=12) - timedelta(microseconds=1)
    stores.sessions.add(kept("b", after=later))
    assert stores.sessions.find("a" * 64) == kept("a")


def test_sessions_are_no_devices(stores: Stores) -> None:
    """Test that they stay apart: both are keyed by a hash and may share a table."""
    stores.sessions.add(kept("a"))
    door = Device(name="door", created_at=NOON)
    stores.devices.add(door, "b" * 64)
    assert stores.devices.find("a" * 64) is None
    assert stores.sessions.find("b" * 64) is None
    assert stores.devices.list() == [door]
