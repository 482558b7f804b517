"""Test the data folder: what a start finds, what a deletion leaves, and what can't be used."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from facecore.vision.gallery import Embedding
from recognizer.adapters.sqlite import LocalStores, open_local
from recognizer.domain.errors import StoreUnavailable
from recognizer.domain.ports import EnrolledFace
from recognizer.use_cases.authentication import hash_token
from services.recognizer.tests.stores.conftest import NOON, add, face, person, sighting

Open = Callable[[], LocalStores]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@contextmanager
def opened(folder: Path) -> Iterator[LocalStores]:
    stores = open_local(
        folder,
        link_lifetime=timedelta(minutes=1),
        sighting_lifetime=timedelta(days=90),
        crop_lifetime=timedelta(days=7),
        now=lambda: NOON,
    )
    try:
        yield stores
    finally:
        stores.close()


def test_everything_is_there_after_a_restart(folder: Path) -> None:
    with opened(folder) as stores:
        person(stores, "ada")
        add(stores, face("ada", 1), b"kept")
        stores.sightings.add([sighting(1, label="ada")])
        stores.admin_tokens.set_first(hash_token("x"))
        signed = stores.video_store.presign_upload
    with opened(folder) as stores:
        assert stores.faces.picture("ada", face("ada", 1).photo.id) == b"kept"
        assert stores.people.get("ada").photo_count == 1
        assert stores.faces.version() == 1
        assert stores.admin_tokens.sha256() == hash_token("x")
        assert signed != stores.video_store.presign_upload  # another store, the same secret


def test_a_start_removes_partial_files_and_sets_aside_unnamed_ones(folder: Path) -> None:
    with opened(folder) as stores:
        person(stores, "ada")
        add(stores, face("ada", 1), b"kept")
    (folder / "photos" / ("f" * 32)).write_bytes(b"a photo whose record never came")
    (folder / "partial" / "half").write_bytes(b"half a vid")
    with opened(folder) as stores:
        assert len(list((folder / "photos").iterdir())) == 1
        assert list((folder / "partial").iterdir()) == []
        assert stores.faces.picture("ada", face("ada", 1).photo.id) == b"kept"
    (aside,) = (folder / "orphaned").glob(f"*/photos/{'f' * 32}")
    assert aside.read_bytes() == b"a photo whose record never came"


def test_a_start_removes_nothing_while_another_process_is_at_work(folder: Path) -> None:
    with opened(folder):
        being_written = folder / "partial" / "half"
        being_named = folder / "photos" / ("f" * 32)
        being_written.write_bytes(b"half a vid")
        being_named.write_bytes(b"a photo whose record is about to come")
        with opened(folder):
            assert being_written.exists()
            assert being_named.exists()


def test_two_openers_of_one_folder_see_each_other_s_writes(folder: Path) -> None:
    with opened(folder) as one, opened(folder) as other:
        person(one, "ada")
        add(other, face("ada", 1))
        assert one.people.get("ada").photo_count == 1
        assert one.faces.version() == other.faces.version() == 1


def test_a_refused_photo_leaves_no_file(folder: Path) -> None:
    with opened(folder) as stores:
        with pytest.raises(Exception, match="nobody has the label"):
            add(stores, face("nobody", 1))
        assert list((folder / "photos").iterdir()) == []


def test_a_deletion_leaves_no_byte_of_the_person_on_disk(folder: Path) -> None:
    vector = np.random.default_rng(7).standard_normal(512).astype(np.float32)
    secret = EnrolledFace(face("ada-lovelace", 1).photo, Embedding("m1", vector))
    with opened(folder) as stores:
        person(stores, "ada-lovelace")
        add(stores, secret, b"the bytes of a photo")
        stores.sightings.add([sighting(1, label="ada-lovelace")])
        assert vector.tobytes() in everything_in(folder)
        stores.people.delete("ada-lovelace")
        left = everything_in(folder)
    for trace in (vector.tobytes(), b"the bytes of a photo", b"ada-lovelace"):
        assert trace not in left


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_only_this_user_may_read_the_folder(folder: Path) -> None:
    with opened(folder):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "recognizer.db").stat().st_mode) == 0o600


def test_a_file_that_is_no_database_is_named(folder: Path) -> None:
    folder.mkdir()
    (folder / "recognizer.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreUnavailable, match=r"recognizer\.db"), opened(folder):
        pass


def test_a_newer_database_is_left_alone(folder: Path) -> None:
    with opened(folder):
        pass
    connection = sqlite3.connect(folder / "recognizer.db")
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    with pytest.raises(StoreUnavailable, match="999"), opened(folder):
        pass


def test_a_folder_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreUnavailable, match="RECOGNIZER_DATA_DIR"), opened(tmp_path / "file"):
        pass
