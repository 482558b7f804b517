"""Test a change of model: photos are left out until embedded again, and none is lost."""

from __future__ import annotations

from pathlib import Path

from facecore import samples
from facecore.vision.analyzer import load_analyzer
from recognizer.use_cases.reembedding import reembed
from services.recognizer.tests.service import service_on
from tests.support.fake_vision import FakeVision, picture_of


def test_after_a_change_of_model_photos_are_embedded_again(tmp_path: Path) -> None:
    with service_on(tmp_path) as before:
        before.enrol("ada", picture_of(1))
        before.enrol("bob", picture_of(2))
        before.add_photo("bob", picture_of(2, serial=1))
    new = FakeVision(model_id="fake-2")
    with service_on(tmp_path, new) as service:
        health = service.call("GET", "/v1/health").json()
        assert (health["gallery_size"], health["gallery_outdated"]) == (0, 3)
        assert service.names(picture_of(1)) == [None]

        steps = list(reembed(new, service.services.stores.faces))
        assert [(step.done, step.total, step.problem) for step in steps] == [
            (1, 3, None),
            (2, 3, None),
            (3, 3, None),
        ]
        health = service.call("GET", "/v1/health").json()
        assert (health["gallery_size"], health["gallery_outdated"]) == (3, 0)
        assert service.names(picture_of(1), captured_at="2026-11-22T11:00:00Z") == ["ada"]
        assert list(reembed(new, service.services.stores.faces)) == []


def test_a_photo_removed_meanwhile_is_reported_and_skipped(tmp_path: Path) -> None:
    with service_on(tmp_path) as service:
        service.enrol("ada", picture_of(1))
        service.enrol("bob", picture_of(2))
        steps = reembed(FakeVision(model_id="fake-2"), service.services.stores.faces)
        assert next(steps).problem is None
        service.call("DELETE", "/v1/people/bob")
        assert [step.problem for step in steps] == ["it was removed meanwhile"]


def test_a_photo_in_which_the_new_model_finds_nothing_stays_as_it_is(tmp_path: Path) -> None:
    class Blind(FakeVision):
        def analyze(self, data: bytes):  # type: ignore[no-untyped-def]  # as the class above
            return super().analyze(picture_of())

    with service_on(tmp_path) as service:
        service.enrol("ada", picture_of(1))
        (step,) = reembed(Blind(model_id="fake-2"), service.services.stores.faces)
        assert step.problem is not None
        assert "no usable face" in step.problem
        assert service.names(picture_of(1)) == ["ada"]


def test_another_model_of_the_catalogue_knows_the_same_people(tmp_path: Path) -> None:
    """Test enrolment with FaceNet, embedding again with SFace, recognition of another photo."""
    obama, obama2, biden = (samples.path(n).read_bytes() for n in ("obama", "obama2", "biden"))
    with service_on(tmp_path, load_analyzer("facenet-vggface2", threads=2)) as before:
        before.enrol("obama", obama)
        assert before.names(obama2) == ["obama"]
    sface = load_analyzer("sface", threads=2)
    with service_on(tmp_path, sface) as service:
        assert service.names(obama2) == [None]
        assert [step.problem for step in reembed(sface, service.services.stores.faces)] == [None]
        assert service.call("GET", "/v1/health").json()["model"] == "sface-2021dec-p1"
        assert service.names(obama2, captured_at="2026-11-22T11:00:00Z") == ["obama"]
        assert service.names(biden) == [None]
