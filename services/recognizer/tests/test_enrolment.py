"""Test enrolment: what is refused and why, and concurrent changes."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from facecore.vision.analyzer import FaceAnalyzer
from recognizer.domain.errors import FaceOfAnotherPerson
from services.recognizer.tests.service import Service, service_on
from tests.support.fake_vision import FakeVision, picture_of


def test_a_photo_is_enrolled_once_however_often_it_is_sent(service: Service) -> None:
    service.put_person("ada")
    first, again = (service.add_photo("ada", picture_of(1)) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert service.call("GET", "/v1/health").json()["gallery_size"] == 1


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (picture_of(), "no_face"),
        (picture_of(1, 2), "several_faces"),
        (picture_of(1, size=39), "face_too_small"),
        (picture_of(1, size=59), "face_too_small"),
        (b"text", "image_unsupported"),
    ],
)
def test_a_photo_is_refused_with_the_reason(service: Service, picture: bytes, code: str) -> None:
    service.put_person("ada")
    answer = service.add_photo("ada", picture)
    assert answer.json()["code"] == code
    assert answer.status_code in {415, 422}
    assert service.call("GET", "/v1/people/ada/photos").json() == {"photos": []}


def test_another_person_s_face_is_refused_until_that_person_is_gone(service: Service) -> None:
    service.enrol("ada", picture_of(1))
    service.put_person("bob")
    answer = service.add_photo("bob", picture_of(1, serial=2))
    assert (answer.status_code, answer.json()["code"]) == (409, "face_of_another_person")
    assert "'ada'" in answer.json()["detail"]
    assert service.call("DELETE", "/v1/people/ada").status_code == 200
    assert service.add_photo("bob", picture_of(1, serial=2)).status_code == 201


def test_a_person_is_named_by_the_next_picture(service: Service) -> None:
    service.enrol("ada", picture_of(1))
    assert service.names(picture_of(1, serial=9)) == ["ada"]
    (photo,) = service.call("GET", "/v1/people/ada/photos").json()["photos"]
    assert service.call("DELETE", f"/v1/people/ada/photos/{photo['id']}").status_code == 204
    assert service.names(picture_of(1, serial=9)) == [None]


def test_one_face_under_two_labels_at_once_is_enrolled_for_one(tmp_path: Path) -> None:
    """Test two processes on one folder, eight labels, the same face: one label gets it."""
    with (
        service_on(tmp_path) as one,
        service_on(tmp_path, admin_token=one.admin_token) as other,
        ThreadPoolExecutor(8) as threads,
    ):
        labels = [f"p{number}" for number in range(8)]
        for label in labels:
            one.put_person(label)
        sent = [
            threads.submit(service.services.enrolment.add, label, picture_of(1, serial=number))
            for number, label in enumerate(labels)
            for service in [(one, other)[number % 2]]
        ]
        refused = [future.exception() for future in sent]
        assert [type(error) for error in refused].count(FaceOfAnotherPerson) == 7
        assert refused.count(None) == 1
        assert one.call("GET", "/v1/health").json()["gallery_size"] == 1


def test_a_person_deleted_during_the_enrolment_leaves_no_orphan(tmp_path: Path) -> None:
    with service_on(tmp_path) as admin:
        admin.put_person("ada")

        def delete() -> None:
            admin.call("DELETE", "/v1/people/ada")

        vision = FakeVision(while_looking=delete)
        with service_on(tmp_path, vision, admin_token=admin.admin_token) as service:
            answer = service.add_photo("ada", picture_of(1))
        assert (answer.status_code, answer.json()["code"]) == (404, "person_not_found")
        assert admin.call("GET", "/v1/health").json()["gallery_size"] == 0
        assert list((tmp_path / "photos").iterdir()) == []


def test_real_photos(
    tmp_path: Path, analyzer: FaceAnalyzer, portraits: Mapping[str, bytes]
) -> None:
    with service_on(tmp_path, analyzer) as service:
        service.enrol("obama", portraits["obama"])
        service.enrol("collins", portraits["collins"])
        service.put_person("x")
        assert service.add_photo("x", portraits["obama3"]).json()["code"] in {
            "face_of_another_person",
            "face_too_small",
        }
        assert service.names(portraits["obama2"]) == ["obama"]
        assert service.names(portraits["biden"]) == [None]
        service.call("DELETE", "/v1/people/obama")
        assert service.names(portraits["obama2"]) == [None]
