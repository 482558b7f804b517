"""Expired sightings leave the disk too: at a start, and by an add once an hour."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from recognizer.ports import Stores
from services.recognizer.tests.service import SettableClock
from services.recognizer.tests.stores.conftest import NOON, sighting
from services.recognizer.tests.stores.families import FAMILIES, SIGHTING_LIFETIME


@contextmanager
def opened(folder: Path, clock: SettableClock) -> Iterator[Stores]:
    stores = FAMILIES["local"](folder, clock)
    try:
        yield stores
    finally:
        stores.close()


def kept(folder: Path) -> list[int]:
    """What the file holds, whatever the store says."""
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
