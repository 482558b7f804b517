"""Test a full disk: nothing more is stored, but deletions work."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from recognizer.domain.ports import KeptSession
from services.recognizer.tests.service import NOON, Service, service_on
from services.recognizer.tests.stores.conftest import crop, sighting
from tests.support.fake_vision import picture_of
from tests.support.small_disk import NoSmallDisk, small_disk

DISK_BYTES = 24 * 2**20
SIGHTINGS = 4000
"""Their pages exceed the reserve, so one transaction can't delete them."""
TOKEN = "fra_of-this-test"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    try:
        with small_disk(tmp_path / "disk", DISK_BYTES) as disk:
            yield disk
    except NoSmallDisk as reason:
        pytest.skip(str(reason))


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Fill the disk to the last byte, after emptying the database's log."""
    with closing(sqlite3.connect(disk / "data" / "recognizer.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (2**20, 4096, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    try:
        yield
    finally:
        ballast.unlink()


def enrol(service: Service) -> str:
    """Enrol Ada with a photo and many sightings; return the photo's id."""
    service.enrol("ada", picture_of(1))
    stores = service.services.stores
    stores.sightings.add([sighting(number, label="ada") for number in range(SIGHTINGS)])
    for number in range(20):
        assert stores.crops.put(crop(number, label="ada"), bytes(10_000))
    (photo,) = stores.faces.list("ada")
    return photo.id


def test_a_person_is_deleted_on_a_full_disk(disk: Path) -> None:
    with service_on(disk / "data") as service:
        enrol(service)
        with filled(disk):
            refused = service.call("PUT", "/v1/people/bob", json={"name": "B" * 200})
            while refused.is_success:  # it may fit into an existing page
                refused = service.call("PUT", "/v1/people/bob", json={"name": "B" * 200})
            assert refused.status_code == 503
            assert "free some space" in refused.json()["detail"]
            answer = service.call("DELETE", "/v1/people/ada")
            assert answer.status_code == 200, answer.text
            receipt = answer.json()
            assert (receipt["photos"], receipt["sightings"]) == (1, SIGHTINGS)
            assert receipt["crops"] == 20
            assert list((disk / "data" / "photos").iterdir()) == []
        query = {"action": "person_deleted"}
        (entry,) = service.call("GET", "/v1/audit", params=query).json()["entries"]
        assert entry["outcome"] == "done"
        assert service.call("GET", "/v1/people/ada").status_code == 404


def test_other_deletions_work_on_a_full_disk(disk: Path) -> None:
    with service_on(disk / "data", admin_token=None) as service:
        photo = enrol(service)
        service.device_token("door")
        sessions = service.services.stores.sessions
        session = KeptSession("0" * 64, "1" * 64, NOON, NOON)
        sessions.add(session)
        for path in (f"/v1/people/ada/photos/{photo}", "/v1/devices/door"):
            with filled(disk):
                answer = service.call("DELETE", path)
                assert answer.is_success, answer.text
        with filled(disk):
            sessions.remove(session.sha256)
        assert sessions.find(session.sha256) is None


def test_a_server_starts_on_a_full_disk_and_deletes(disk: Path) -> None:
    with service_on(disk / "data") as service:
        enrol(service)
        token = service.admin_token
    with filled(disk), service_on(disk / "data", admin_token=token) as service:
        assert service.call("DELETE", "/v1/people/ada").status_code == 200
        assert service.call("GET", "/v1/health").status_code == 503


def test_health_says_that_the_disk_is_full_and_when_it_is_not(disk: Path) -> None:
    with service_on(disk / "data") as service:
        with filled(disk):
            answer = service.call("GET", "/v1/health")
            assert answer.status_code == 503
            assert answer.json()["code"] == "not_ready"
            assert "free some space" in answer.json()["detail"]
        while service.call("GET", "/v1/health").status_code == 503:
            pass  # until the next check of the disk
