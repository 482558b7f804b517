"""Test that a start with a missing, empty or older database loses no photo."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from recognizer.adapters.sqlite import schema
from recognizer.domain.errors import StoreDamaged, StoreUnavailable
from recognizer.domain.ports import Stores
from services.recognizer.tests.service import SettableClock
from services.recognizer.tests.stores.conftest import NOON, add, face, person
from services.recognizer.tests.stores.store_backends import STORE_BACKENDS

PHOTOS = {1: b"one", 2: b"two", 3: b"three"}


@contextmanager
def opened(folder: Path, clock: SettableClock | None = None) -> Iterator[Stores]:
    stores = STORE_BACKENDS["local"](folder, clock or SettableClock(NOON))
    try:
        yield stores
    finally:
        stores.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with Ada's three photos."""
    folder = tmp_path / "data"
    with opened(folder) as stores:
        person(stores, "ada")
        for number, picture in PHOTOS.items():
            add(stores, face("ada", number), picture)
    return folder


def pictures(stores: Stores) -> list[bytes]:
    return [stores.faces.picture("ada", one.id) for one in stores.faces.list("ada")]


def photo_files(folder: Path) -> list[bytes]:
    """Return the files of the photos' folder, in any order."""
    return sorted(file.read_bytes() for file in (folder / "photos").iterdir())


def set_aside(folder: Path) -> list[bytes]:
    return sorted(file.read_bytes() for file in (folder / "orphaned").glob("*/photos/*"))


def test_a_start_without_the_database_is_refused_and_changes_nothing(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "recognizer.db").rename(tmp_path / "away.db")
    with (
        pytest.raises(StoreUnavailable, match=r"recognizer\.db is missing.*restore"),
        opened(folder),
    ):
        pass
    assert photo_files(folder) == sorted(PHOTOS.values())
    assert not (folder / "recognizer.db").exists()
    (tmp_path / "away.db").rename(folder / "recognizer.db")
    with opened(folder) as stores:
        assert pictures(stores) == list(PHOTOS.values())


def test_a_start_with_an_empty_file_for_the_database_is_refused(folder: Path) -> None:
    (folder / "recognizer.db").write_bytes(b"")
    with pytest.raises(StoreUnavailable, match="missing or empty"), opened(folder):
        pass
    assert photo_files(folder) == sorted(PHOTOS.values())


def test_videos_alone_are_enough_to_be_refused(tmp_path: Path) -> None:
    with opened(tmp_path):
        pass
    (tmp_path / "recognizer.db").unlink()
    (tmp_path / "videos" / "door").mkdir()
    (tmp_path / "videos" / "door" / "a.mp4").write_bytes(b"video")
    with pytest.raises(StoreUnavailable, match="photos or videos"), opened(tmp_path):
        pass


def test_moving_the_photos_away_is_enough_to_begin_anew(folder: Path, tmp_path: Path) -> None:
    (folder / "recognizer.db").unlink()
    (folder / "photos").rename(tmp_path / "photos")
    with opened(folder) as stores:
        assert stores.people.list(after=None, limit=10).people == []


def test_photos_newer_than_a_restored_database_are_set_aside_and_come_back(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copy(folder / "recognizer.db", tmp_path / "older.db")
    with opened(folder) as stores:
        add(stores, face("ada", 4), b"four")
        add(stores, face("ada", 5), b"five")
    (folder / "recognizer.db").rename(tmp_path / "newer.db")
    shutil.copy(tmp_path / "older.db", folder / "recognizer.db")
    with opened(folder) as stores:
        assert pictures(stores) == list(PHOTOS.values())
    assert set_aside(folder) == [b"five", b"four"]
    (warning,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert warning.getMessage().startswith("2 photos")
    assert str(folder / "orphaned") in warning.getMessage()
    assert "restore" in warning.getMessage()
    shutil.copy(tmp_path / "newer.db", folder / "recognizer.db")
    with opened(folder) as stores:
        assert pictures(stores) == [*PHOTOS.values(), b"four", b"five"]
    assert set_aside(folder) == []


def test_a_database_without_anybody_deletes_no_photo(folder: Path) -> None:
    """Test another folder's new database in its place."""
    with closing(sqlite3.connect(folder / "recognizer.db")) as database, database:
        database.execute("DELETE FROM faces")
    with opened(folder):
        pass
    assert set_aside(folder) == sorted(PHOTOS.values())


def test_a_photo_whose_removal_was_interrupted_is_removed_by_the_next_start(folder: Path) -> None:
    """Test a file that a kill left after the commit. Its person is deleted: it is not set aside."""
    left = {file: file.read_bytes() for file in (folder / "photos").iterdir()}
    with opened(folder) as stores:
        stores.people.delete("ada")
    for file, content in left.items():
        file.write_bytes(content)
    with opened(folder):
        assert photo_files(folder) == []
    assert set_aside(folder) == []


def test_the_removal_of_one_photo_is_finished_likewise(folder: Path) -> None:
    left = {file: file.read_bytes() for file in (folder / "photos").iterdir()}
    with opened(folder) as stores:
        stores.faces.remove("ada", face("ada", 2).photo.id)
    for file, content in left.items():
        file.write_bytes(content)
    with opened(folder):
        assert photo_files(folder) == [b"one", b"three"]
    assert set_aside(folder) == []


def test_a_merge_that_was_interrupted_leaves_no_photo_that_both_had(folder: Path) -> None:
    with opened(folder) as stores:
        person(stores, "ada-2")
        add(stores, face("ada-2", 1), b"the same again")
        left = {file: file.read_bytes() for file in (folder / "photos").iterdir()}
        stores.people.merge("ada-2", "ada", NOON)
    for file, content in left.items():
        file.write_bytes(content)
    with opened(folder):
        assert photo_files(folder) == sorted(PHOTOS.values())
    assert set_aside(folder) == []


def test_files_set_aside_are_deleted_after_days(folder: Path) -> None:
    clock = SettableClock(NOON)
    unknown = folder / "photos" / ("f" * 32)
    unknown.write_bytes(b"unknown")
    for days, expected in ((29, [b"unknown"]), (1, [b"unknown"]), (0, [])):
        with opened(folder, clock):
            assert set_aside(folder) == expected
            clock.move(timedelta(days=days))


def test_a_clock_jump_deletes_no_file_set_aside(folder: Path) -> None:
    clock = SettableClock(NOON)
    (folder / "photos" / ("f" * 32)).write_bytes(b"unknown")
    for _ in range(3):
        with opened(folder, clock):
            assert set_aside(folder) == [b"unknown"]
        clock.jump(timedelta(days=400))


def test_a_foreign_file_is_left_alone(folder: Path) -> None:
    (folder / "photos" / "README.txt").write_bytes(b"of the user")
    with opened(folder):
        pass
    assert (folder / "photos" / "README.txt").read_bytes() == b"of the user"


def test_missing_photos_are_reported(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    shutil.rmtree(folder / "photos")
    with opened(folder):
        pass
    assert "3 photos that the database names are not in" in caplog.text


def test_a_damaged_database_is_refused_with_the_advice_to_restore(folder: Path) -> None:
    file = folder / "recognizer.db"
    content = bytearray(file.read_bytes())
    content[4096 * 2 :] = os.urandom(len(content) - 4096 * 2)
    file.write_bytes(content)
    restore = r"restore recognizer\.db from a backup"
    with pytest.raises(StoreDamaged, match=restore) as raised, opened(folder):
        pass
    assert "free" not in str(raised.value)
    assert photo_files(folder) == sorted(PHOTOS.values())


def test_an_older_release_s_database_is_migrated_with_its_photos(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / ("a" * 32)).write_bytes(b"kept")
    with closing(sqlite3.connect(tmp_path / "recognizer.db")) as database, database:
        for migration in schema.MIGRATIONS[:7]:
            database.executescript(migration)
        database.execute("PRAGMA user_version = 7")
        database.execute("INSERT INTO people VALUES ('ada', 'Ada', '{}', 0, 0)")
        row = ("ada", "1" * 32, "0" * 64, "m1", "{}", "{}", b"", "a" * 32, 0)
        database.execute("INSERT INTO faces VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    with opened(tmp_path) as stores:
        assert stores.faces.picture("ada", "1" * 32) == b"kept"
