"""Test which faces leave a crop: one of a visit, and none where none may be kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from facecore.vision.image import decode
from facecore.vision.thumbnails import FACE_CROP_PX
from recognizer.settings import Settings
from services.recognizer.tests.service import NOON, Service, SettableClock, service_on
from services.recognizer.tests.stores.conftest import crops_of
from tests.support.fake_vision import picture_of

POOR = 50
"""Pixels of a face that is recognised, but not enrolled."""


def at(minutes: float) -> str:
    return (NOON + timedelta(minutes=minutes)).isoformat()


def unknown_people(service: Service) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = service.call("GET", "/v1/unknown-people").json()["unknown_people"]
    return found


def counts(service: Service) -> list[int]:
    """Return the number of crops of each unknown person."""
    return [one["count"] for one in unknown_people(service)]


def crop_status(service: Service, sighting: str) -> tuple[int, str]:
    answer = service.call("GET", f"/v1/sightings/{sighting}/crop")
    problem = answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"] if problem else ""


def test_a_visit_leaves_one_crop(service: Service) -> None:
    for serial in range(3):
        service.recognize(picture_of(1, serial=serial), captured_at=at(serial), track="t1")
    assert counts(service) == [1]
    service.recognize(picture_of(1, serial=9), captured_at=at(9), track="t2")
    assert counts(service) == [2]


def test_every_sighting_of_the_visit_shows_it(service: Service) -> None:
    for serial in range(2):
        service.recognize(picture_of(1, serial=serial), captured_at=at(serial), track="t1")
    first, second = service.sightings()
    assert first.crop == second.crop == unknown_people(service)[0]["id"]
    answer = service.call("GET", f"/v1/sightings/{first.id}/crop")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "no-store"
    assert max(decode(answer.content).shape) <= FACE_CROP_PX


def test_the_same_request_again_changes_nothing(service: Service) -> None:
    for _ in range(2):
        service.recognize(picture_of(1), captured_at=at(0), track="t1")
    assert counts(service) == [1]
    assert len(service.sightings()) == 1


def test_a_crop_that_can_be_enrolled_replaces_one_that_can_not(service: Service) -> None:
    for serial, size in enumerate((POOR, 200, 300)):
        service.recognize(
            picture_of(1, serial=serial, size=size), captured_at=at(serial), track="t1"
        )
        (one,) = unknown_people(service)
        assert one["best"]["quality"]["size_px"] == min(size, 200)
        assert one["best"]["quality"]["accepted"] == (size > POOR)


def test_without_a_track_a_minute_is_a_visit_and_similar_faces_are_one(service: Service) -> None:
    for serial, seconds in enumerate((1, 10, 50)):
        service.recognize(picture_of(1, 2, serial=serial), captured_at=at(seconds / 60))
    assert counts(service) == [1, 1]
    service.recognize(picture_of(2, serial=9), captured_at=at(1.5))
    assert sorted(counts(service)) == [1, 2]


def test_a_track_with_several_faces_says_nothing_about_one(service: Service) -> None:
    service.recognize(picture_of(1, 2), captured_at=at(0), track="t1")
    assert counts(service) == [1, 1]


def test_a_visit_that_ends_in_a_match_is_no_unknown_person_s(service: Service) -> None:
    service.recognize(picture_of(1, serial=1), captured_at=at(0), track="t1")
    service.recognize(picture_of(2, serial=1), captured_at=at(0), track="t2")
    service.enrol("ada", picture_of(1, serial=2))
    assert service.names(picture_of(1, serial=3), captured_at=at(1), track="t1") == ["ada"]
    assert [one["best"]["track"] for one in unknown_people(service)] == ["t2"]


def test_a_match_then_uncertain_in_one_visit_is_no_unknown_person(service: Service) -> None:
    service.enrol("ada", picture_of(1))
    assert service.names(picture_of(1, 1, serial=2), captured_at=at(0)) == ["ada", None]
    assert unknown_people(service) == []


def test_a_match_leaves_a_crop_that_is_deleted_with_its_person(service: Service) -> None:
    service.enrol("ada", picture_of(1))
    service.recognize(picture_of(1, serial=2), captured_at=at(0), track="t1")
    (one,) = service.sightings()
    assert crop_status(service, one.id) == (200, "")
    assert unknown_people(service) == []
    assert service.call("DELETE", "/v1/people/ada").json()["crops"] == 1


def test_a_face_that_the_gate_refuses_leaves_none(service: Service) -> None:
    service.recognize(picture_of(1, size=30), captured_at=at(0), track="t1")
    assert unknown_people(service) == []


def test_crops_are_forgotten_before_their_sightings(service: Service, clock: SettableClock) -> None:
    service.recognize(picture_of(1), captured_at=at(0), track="t1")
    (one,) = service.sightings()
    clock.move(timedelta(days=7, seconds=1))
    assert unknown_people(service) == []
    assert crop_status(service, one.id) == (404, "crop_not_found")
    assert len(service.sightings()) == 1


def test_a_retention_of_zero_days_keeps_nothing(tmp_path: Path) -> None:
    with service_on(tmp_path, crop_days=0) as service:
        service.enrol("ada", picture_of(1))
        service.recognize(picture_of(1, 2, serial=2), captured_at=at(0))
        page = service.call("GET", "/v1/unknown-people").json()
        assert (page["unknown_people"], page["kept_days"]) == ([], 0)
        assert {one.crop for one in service.sightings()} == {None}
        for one in service.sightings():
            assert crop_status(service, one.id) == (404, "crop_not_found")
        stores = service.services.stores
        assert stores.crops.unknown_people("fake-1", 9) == crops_of(stores, "ada") == []


@pytest.mark.parametrize(
    ("unknown_person", "sighting", "kept"), [(7, 90, 7), (30, 10, 10), (0, 10, 0)]
)
def test_a_crop_is_kept_no_longer_than_its_sighting(
    unknown_person: int, sighting: int, kept: int
) -> None:
    settings = Settings(crop_days=unknown_person, sighting_days=sighting)
    assert settings.crop_lifetime == timedelta(days=kept)
