"""Test that an admin names, assigns or ignores unknown people, and corrects wrong names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from facecore.contract import Decision
from services.recognizer.tests.service import Service
from services.recognizer.tests.stores.conftest import crops_of
from services.recognizer.tests.unknown_people.test_crop_retention import POOR, at, unknown_people
from tests.support.fake_vision import picture_of


def post(service: Service, path: str, **body: Any) -> httpx.Response:
    return service.call("POST", path, json=body)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def seen(service: Service, *people: int, minutes: float = 0, **query: str) -> None:
    serial = round(minutes * 60) + 1
    service.recognize(picture_of(*people, serial=serial), captured_at=at(minutes), **query)


def labels(service: Service) -> list[str | None]:
    """Return the labels of all sightings, newest first."""
    return [one.label for one in service.sightings()]


def only_unknown_person(service: Service) -> Mapping[str, Any]:
    (one,) = unknown_people(service)
    return one


def test_an_unknown_person_who_is_named_is_known_from_then_on(service: Service) -> None:
    for minutes in range(5):
        seen(service, 1, minutes=minutes, track=f"t{minutes // 2}")
    seen(service, 2, minutes=3)
    unknown_person = next(one for one in unknown_people(service) if one["count"] == 3)
    answer = post(
        service,
        f"/v1/unknown-people/{unknown_person['id']}/name",
        label="ada",
        name="Ada",
        attributes={"year": 1},
    )
    assert answer.status_code == 201, answer.text
    named = answer.json()
    assert (named["label"], named["crops"], named["sightings"]) == ("ada", 3, 5)
    person = service.call("GET", "/v1/people/ada").json()
    assert (person["name"], person["attributes"]) == ("Ada", {"year": 1})
    # The fake's crops have the same pixels, and so are the same photo.
    assert person["photo_count"] == len({photo["id"] for photo in named["photos"]}) == 1
    assert [one["count"] for one in unknown_people(service)] == [1]
    assert labels(service).count("ada") == 5
    named = [one for one in service.sightings() if one.label == "ada"]
    assert {(one.decision, one.similarity) for one in named} == {(Decision.MATCH, None)}
    assert service.names(picture_of(1, serial=99)) == ["ada"]


def test_the_crops_of_a_named_person_are_deleted_with_the_person(service: Service) -> None:
    seen(service, 1, track="t1")
    post(
        service,
        f"/v1/unknown-people/{only_unknown_person(service)['id']}/name",
        label="ada",
        name="Ada",
    )
    receipt = service.call("DELETE", "/v1/people/ada").json()
    assert (receipt["photos"], receipt["sightings"], receipt["crops"]) == (1, 1, 1)
    assert (unknown_people(service), service.sightings()) == ([], [])


def test_a_refused_face_enrols_nobody(service: Service) -> None:
    service.recognize(picture_of(1, size=POOR), captured_at=at(0))
    unknown_person = only_unknown_person(service)
    assert unknown_person["best"]["quality"]["reasons"] == ["too_small"]
    path = f"/v1/unknown-people/{unknown_person['id']}"
    refused = post(service, f"{path}/name", label="ada", name="Ada")
    assert code(refused) == (422, "face_too_small")
    assert "60 are needed" in refused.json()["detail"]
    service.put_person("bob")
    assert code(post(service, f"{path}/assign", label="bob")) == (422, "face_too_small")
    people = service.call("GET", "/v1/people").json()["people"]
    assert [(one["label"], one["photo_count"]) for one in people] == [("bob", 0)]
    assert labels(service) == [None]
    assert only_unknown_person(service) == unknown_person


def test_somebody_else_s_face_is_refused_by_name(service: Service) -> None:
    seen(service, 1)
    service.enrol("bob", picture_of(1, serial=9))
    path = f"/v1/unknown-people/{only_unknown_person(service)['id']}"
    refused = post(service, f"{path}/name", label="ada", name="Ada")
    assert code(refused) == (409, "face_of_another_person")
    assert "bob" in refused.json()["detail"]
    assert service.call("GET", "/v1/people/ada").status_code == 404
    service.put_person("eve")
    assert code(post(service, f"{path}/assign", label="eve")) == (409, "face_of_another_person")
    assert post(service, f"{path}/assign", label="bob").status_code == 200
    assert labels(service) == ["bob"]


def test_a_person_enrolled_since_is_reported_as_a_look_alike(service: Service) -> None:
    seen(service, 1)
    assert only_unknown_person(service)["nearest"] is None
    service.call("PUT", "/v1/people/bob", json={"name": "Bob"})
    service.add_photo("bob", picture_of(1, serial=9))
    nearest = only_unknown_person(service)["nearest"]
    assert (nearest["label"], nearest["name"]) == ("bob", "Bob")
    assert nearest["similarity"] == 1


def test_each_of_several_unknown_people_has_its_own_look_alike(service: Service) -> None:
    for number in range(1, 5):
        seen(service, number, minutes=number)
    for label, number in (("ada", 4), ("bob", 2), ("eve", 1)):
        service.enrol(label, picture_of(number, serial=9))
    service.call("DELETE", "/v1/people/eve")
    found = [one["nearest"] and one["nearest"]["name"] for one in unknown_people(service)]
    assert found == ["ada", None, "bob", None]


def test_a_label_that_is_taken_is_not_taken_twice(service: Service) -> None:
    seen(service, 1)
    service.call("PUT", "/v1/people/ada", json={"name": "The first"})
    path = f"/v1/unknown-people/{only_unknown_person(service)['id']}/name"
    assert code(post(service, path, label="ada", name="The second")) == (409, "person_exists")
    assert service.call("GET", "/v1/people/ada").json()["name"] == "The first"


def test_a_missing_unknown_person_is_a_problem(service: Service) -> None:
    seen(service, 1)
    nobody = f"/v1/unknown-people/{'0' * 32}"
    assert code(service.call("GET", nobody)) == (404, "unknown_person_not_found")
    assert code(post(service, f"{nobody}/name", label="a", name="A")) == (
        404,
        "unknown_person_not_found",
    )
    assert code(post(service, f"{nobody}/ignore")) == (404, "unknown_person_not_found")
    assert code(service.call("DELETE", f"{nobody}/ignore")) == (404, "unknown_person_not_found")
    assert code(service.call("GET", f"{nobody}/ignore/crop")) == (404, "crop_not_found")
    path = f"/v1/unknown-people/{only_unknown_person(service)['id']}/assign"
    assert code(post(service, path, label="nobody")) == (404, "person_not_found")


def test_any_crop_s_id_leads_to_its_unknown_person(service: Service) -> None:
    for minutes in range(3):
        seen(service, 1, minutes=minutes)
    ids = {one.crop for one in service.sightings()}
    assert len(ids) == 3
    for crop in ids:
        answer = service.call("GET", f"/v1/unknown-people/{crop}").json()
        assert answer["unknown_person"] == only_unknown_person(service)
        times = [face["captured_at"] for face in answer["faces"]]
        assert times == sorted(times, reverse=True)


def test_unknown_people_are_read_in_pages(service: Service) -> None:
    for person in range(5):
        seen(service, person, minutes=person)
    found: list[Mapping[str, Any]] = []
    after: dict[str, str] = {}
    while True:
        page = service.call("GET", "/v1/unknown-people", params={"limit": "2", **after}).json()
        assert len(page["unknown_people"]) <= 2
        found += page["unknown_people"]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert found == unknown_people(service)
    times = [one["last_seen"] for one in found]
    assert times == sorted(times, reverse=True)
    assert len(times) == 5


def test_an_ignored_person_is_neither_shown_nor_kept_until_undo(service: Service) -> None:
    seen(service, 1, track="t1")
    seen(service, 2, minutes=1, track="t2")
    unknown_person = unknown_people(service)[1]
    path = f"/v1/unknown-people/{unknown_person['id']}/ignore"
    assert post(service, path).status_code == 200
    seen(service, 1, minutes=2, track="t3")
    assert service.sightings()[0].crop is None
    assert [one["best"]["track"] for one in unknown_people(service)] == ["t2"]
    assert code(service.call("GET", path.removesuffix("/ignore"))) == (
        404,
        "unknown_person_not_found",
    )

    (ignored,) = service.call("GET", "/v1/unknown-people/ignored").json()["ignored"]
    assert ignored["id"] == unknown_person["id"]
    assert service.call("GET", f"{path}/crop").headers["content-type"] == "image/jpeg"
    assert service.call("DELETE", path).status_code == 204
    assert service.call("GET", "/v1/unknown-people/ignored").json() == {"ignored": []}
    assert len(unknown_people(service)) == 2
    seen(service, 1, minutes=3, track="t4")
    assert {one["count"] for one in unknown_people(service)} == {1, 2}


def not_this_person(service: Service, sighting: str) -> httpx.Response:
    return post(service, f"/v1/sightings/{sighting}/not-this-person")


def test_a_wrong_name_is_taken_from_the_whole_visit(service: Service) -> None:
    service.enrol("ada", picture_of(1))
    for minutes in range(3):
        seen(service, 1, minutes=minutes, track="t1")
    seen(service, 1, minutes=3, track="t2")
    wrong = service.sightings()[1]
    answer = not_this_person(service, wrong.id)
    assert answer.json() == {"label": "ada", "sightings": 3, "crop_joined_unknown_people": True}
    assert labels(service) == ["ada", None, None, None]
    mended = service.sightings()[1]
    assert (mended.decision, mended.similarity) == (Decision.UNKNOWN, None)
    assert only_unknown_person(service)["best"]["track"] == "t1"
    assert service.call("GET", f"/v1/sightings/{wrong.id}/crop").status_code == 200
    assert service.call("GET", "/v1/people/ada").json()["photo_count"] == 1
    assert code(not_this_person(service, wrong.id)) == (409, "sighting_unnamed")
    assert service.call("DELETE", "/v1/people/ada").json()["crops"] == 1


@pytest.mark.parametrize("track", ["t1", None])
def test_a_removed_name_stays_removed_when_the_request_comes_again(
    service: Service, track: str | None
) -> None:
    """Test the request of a recorder that missed the answer, with a track and without."""
    query = {} if track is None else {"track": track}
    service.enrol("ada", picture_of(1))
    for minutes in (0, 0.1, 0.2):
        seen(service, 1, minutes=minutes, **query)
    not_this_person(service, service.sightings()[0].id)
    before = (labels(service), unknown_people(service))
    assert before[0] == [None, None, None]
    for minutes in (0, 0.1, 0.2):
        seen(service, 1, minutes=minutes, **query)
    assert (labels(service), unknown_people(service)) == before
    assert crops_of(service.services.stores, "ada") == []
    assert service.call("GET", f"/v1/sightings/{service.sightings()[0].id}/crop").status_code == 200


def test_a_name_that_was_given_stays_when_the_request_comes_again(service: Service) -> None:
    """Test a person whom the recognizer would still not name: it knows another photo of them."""
    seen(service, 1, track="t1")
    seen(service, 2, minutes=1, track="t2")
    for one, label in zip(unknown_people(service), ("bob", "ada"), strict=True):
        assert post(
            service, f"/v1/unknown-people/{one['id']}/name", label=label, name=label
        ).is_success
    for label in ("ada", "bob"):
        for photo in service.call("GET", f"/v1/people/{label}/photos").json()["photos"]:
            service.call("DELETE", f"/v1/people/{label}/photos/{photo['id']}")
    seen(service, 1, track="t1")
    seen(service, 2, minutes=1, track="t2")
    assert labels(service) == ["bob", "ada"]
    assert unknown_people(service) == []
    for label in ("ada", "bob"):
        assert len(crops_of(service.services.stores, label)) == 1


def test_a_merge_stays_when_the_request_comes_again(service: Service) -> None:
    service.enrol("ada", picture_of(1))
    seen(service, 1, track="t1")
    service.put_person("zoe")
    assert post(service, "/v1/people/ada/merge", into="zoe").is_success
    for photo in service.call("GET", "/v1/people/zoe/photos").json()["photos"]:
        service.call("DELETE", f"/v1/people/zoe/photos/{photo['id']}")
    seen(service, 1, track="t1")
    assert labels(service) == ["zoe"]
    assert unknown_people(service) == []
    assert len(crops_of(service.services.stores, "zoe")) == 1


def test_a_deleted_person_does_not_come_back_with_a_request(service: Service) -> None:
    """Test that it leaves an unknown person's sighting, as any later picture does."""
    service.enrol("ada", picture_of(1))
    seen(service, 1, track="t1")
    service.call("DELETE", "/v1/people/ada")
    seen(service, 1, track="t1")
    assert labels(service) == [None]
    assert service.call("GET", "/v1/people/ada").status_code == 404


def test_an_answer_that_nobody_corrected_is_written_again_as_it_is_now(service: Service) -> None:
    seen(service, 1, track="t1")
    service.enrol("ada", picture_of(1, serial=9))
    seen(service, 1, track="t1")
    assert labels(service) == ["ada"]
    assert unknown_people(service) == []
    assert len(crops_of(service.services.stores, "ada")) == 1


def test_without_a_track_a_wrong_name_is_removed_from_the_crop_s_sightings(
    service: Service,
) -> None:
    service.enrol("ada", picture_of(1))
    for minutes in (0, 0.25, 0.5, 1.25):
        seen(service, 1, minutes=minutes)
    answer = not_this_person(service, service.sightings()[2].id)
    assert answer.json()["sightings"] == 3
    assert labels(service) == ["ada", None, None, None]


def test_a_wrong_name_is_removed_without_a_crop_too(service: Service) -> None:
    service.enrol("ada", picture_of(1))
    seen(service, 1, track="t1")
    (one,) = service.sightings()
    stores = service.services.stores
    stores.crops.remove(crops_of(stores, "ada")[0])
    answer = not_this_person(service, one.id)
    assert answer.json() == {"label": "ada", "sightings": 1, "crop_joined_unknown_people": False}
    assert labels(service) == [None]


def test_a_sighting_that_is_not_there_has_no_name_to_take_away(service: Service) -> None:
    assert code(not_this_person(service, "0" * 32)) == (404, "sighting_not_found")
    assert code(not_this_person(service, "x")) == (422, "validation_failed")
