"""Test that expired sightings leave the disk: at a start, and by an add once an hour."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from recognizer.domain.ports import KeptSession, Stores
from services.recognizer.tests.service import SettableClock
from services.recognizer.tests.stores.conftest import NOON, sighting
from services.recognizer.tests.stores.store_backends import SIGHTING_LIFETIME, STORE_BACKENDS
from services.recognizer.tests.stores.test_tracks import track


@contextmanager
def opened(folder: Path, clock: SettableClock) -> Iterator[Stores]:
    stores = STORE_BACKENDS["local"](folder, clock)
    try:
        yield stores
    finally:
        stores.close()


def kept(folder: Path) -> list[int]:
    """Return what the database file holds, without the store."""
    with closing(sqlite3.connect(folder / "recognizer.db")) as database:
        rows = database.execute("SELECT id FROM sightings ORDER BY id").fetchall()
    return [int(row[0], 16) for row in rows]


def test_a_start_deletes_what_is_expired(tmp_path: Path) -> None:
    clock = SettableClock(NOON)
    late = sighting(2).model_copy(update={"received_at": NOON + timedelta(days=1)})
    with opened(tmp_path, clock) as stores:
        stores.sightings.add([sighting(1), late])
        clock.move(SIGHTING_LIFETIME)
    assert kept(tmp_path) == [1, 2]
    with opened(tmp_path, clock):
        assert kept(tmp_path) == [2]


def test_an_add_deletes_what_is_expired_but_not_at_every_add(tmp_path: Path) -> None:
    clock = SettableClock(NOON)
    with opened(tmp_path, clock) as stores:
        stores.sightings.add([sighting(1)])
        clock.move(SIGHTING_LIFETIME - timedelta(minutes=30))
        stores.sightings.add([sighting(2).model_copy(update={"received_at": clock()})])
        clock.move(timedelta(minutes=31))
        stores.sightings.add([sighting(3).model_copy(update={"received_at": clock()})])
        assert kept(tmp_path) == [1, 2, 3]
        clock.move(timedelta(minutes=30))
        stores.sightings.add([sighting(4).model_copy(update={"received_at": clock()})])
        assert kept(tmp_path) == [2, 3, 4]


def test_expired_tracks_leave_the_disk_at_a_start_and_with_a_later_one(tmp_path: Path) -> None:
    def on_disk() -> list[str]:
        with closing(sqlite3.connect(tmp_path / "recognizer.db")) as database:
            return [row[0] for row in database.execute("SELECT track FROM tracks ORDER BY track")]

    clock = SettableClock(NOON)
    for name in "abc":
        with opened(tmp_path, clock) as stores:
            stores.tracks.put(track(name).model_copy(update={"received_at": clock()}))
            clock.move(SIGHTING_LIFETIME - timedelta(minutes=30))
            late = track(f"{name}2").model_copy(update={"received_at": clock()})
            stores.tracks.put(late)
            clock.move(timedelta(hours=1))
            stores.tracks.put(late)
            assert on_disk() == [f"{name}2"]
            clock.move(SIGHTING_LIFETIME)
    with opened(tmp_path, clock):
        assert on_disk() == []


def test_expired_sessions_leave_the_disk_with_the_next_sign_in(tmp_path: Path) -> None:
    def session(letter: str, after: timedelta) -> KeptSession:
        start = NOON + after
        return KeptSession(letter * 64, "f" * 64, start, start + timedelta(hours=1))

    clock = SettableClock(NOON)
    with opened(tmp_path, clock) as stores:
        stores.sessions.add(session("a", timedelta(0)))
        stores.sessions.add(session("b", timedelta(minutes=1)))
        clock.move(timedelta(hours=1))
        stores.sessions.add(session("c", timedelta(hours=1)))
    with closing(sqlite3.connect(tmp_path / "recognizer.db")) as database:
        rows = database.execute("SELECT sha256 FROM sessions ORDER BY sha256").fetchall()
    assert [row[0][0] for row in rows] == ["b", "c"]
