"""Test recognition: the answers, and the stored sightings."""

from __future__ import annotations

from pathlib import Path

from facecore.contract import Decision
from services.recognizer.tests.service import Service, service_on
from tests.support.fake_vision import FakeVision, picture_of

MOMENT = "2026-11-22T11:00:00Z"


def test_a_request_sent_again_writes_the_same_sightings(service: Service) -> None:
    service.enrol("ada", picture_of(1))
    first, again = (service.recognize(picture_of(1, 2), captured_at=MOMENT) for _ in range(2))
    assert [face["sighting_id"] for face in first] == [face["sighting_id"] for face in again]
    assert {one.id for one in service.sightings()} == {face["sighting_id"] for face in first}
    assert [face["decision"] for face in first] == ["match", "unknown"]


def test_two_pictures_of_one_moment_are_two_sightings(service: Service) -> None:
    for serial in (1, 2):
        service.recognize(picture_of(1, serial=serial), captured_at=MOMENT)
    assert len(service.sightings()) == 2


def test_a_sighting_has_place_and_time(service: Service) -> None:
    service.recognize(
        picture_of(1),
        captured_at=MOMENT,
        video="vidinput/door/a.mp4",
        offset_ms="1500",
        track="t-1",
    )
    (one,) = service.sightings()
    assert one.captured_at.isoformat() == "2026-11-22T11:00:00+00:00"
    assert (one.video, one.offset_ms, one.track) == ("vidinput/door/a.mp4", 1500, "t-1")
    assert (one.device, one.decision, one.label) == ("admin", Decision.UNKNOWN, None)


def test_a_refused_face_is_answered_but_not_compared_and_not_kept(service: Service) -> None:
    service.enrol("ada", picture_of(1))
    (face,) = service.recognize(picture_of(1, size=30))
    assert face["quality"]["reasons"] == ["too_small"]
    assert (face["decision"], face["similarity"]) == ("unknown", None)
    assert (face["person"], face["sighting_id"]) == (None, None)
    assert service.sightings() == []


def test_nobody_is_named_twice_in_a_picture(service: Service) -> None:
    service.enrol("ada", picture_of(1))
    assert service.names(picture_of(1, 1)) == ["ada", None]


def test_a_picture_without_a_face_answers_an_empty_list(service: Service) -> None:
    assert service.recognize(picture_of()) == []


def test_a_person_deleted_by_another_process_is_unknown_at_once(tmp_path: Path) -> None:
    """Test that an outdated gallery names nobody who is deleted: each answer reads the record."""
    with service_on(tmp_path) as admin:
        admin.enrol("ada", picture_of(1))
        with service_on(tmp_path, admin_token=admin.admin_token) as service:
            view = service.services.gallery.current()
            admin.call("DELETE", "/v1/people/ada")
            (match,) = view.gallery.match([FakeVision().embedding(1)])
            assert match.label == "ada"
            assert service.names(picture_of(1)) == [None]


def test_a_deletion_during_a_recognition_leaves_no_sighting_of_the_person(tmp_path: Path) -> None:
    with service_on(tmp_path) as admin:
        admin.enrol("ada", picture_of(1))

        def delete() -> None:
            admin.call("DELETE", "/v1/people/ada")

        vision = FakeVision(while_looking=delete)
        with service_on(tmp_path, vision, admin_token=admin.admin_token) as service:
            assert service.names(picture_of(1)) == [None]
        assert [one.label for one in admin.sightings()] == [None]


def test_the_answer_has_model_gallery_version_and_times(service: Service) -> None:
    service.enrol("ada", picture_of(1))
    answer = service.call(
        "POST", "/v1/recognitions", content=picture_of(1), headers={"content-type": "image/webp"}
    ).json()
    assert (answer["model"], answer["gallery_version"]) == ("fake-1", 1)
    assert (answer["image_width"], answer["image_height"]) == (640, 480)
    assert answer["captured_at"] == answer["received_at"] == "2026-11-22T12:00:00Z"
    assert answer["times"]["detect_ms"] == 2
