"""Unknown people: faces without a name, grouped, named, ignored; wrong names removed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from facecore.contract import AuditAction, Decision, ErrorCode, PersonUpdate
from facecore.errors import ApiProblem
from facecore.vision.image import decode
from tests.support import pictures
from tests.support.api import NOW, Api
from tests.support.pictures import Portraits

NOBODY = "0" * 32


def seen(api: Api, picture: bytes, minutes: int, track: str | None = None) -> None:
    api.device.recognize(picture, captured_at=NOW + timedelta(minutes=minutes), track=track)


def test_one_unknown_person_is_one_row_and_is_known_once_named(
    api: Api, portraits: Portraits
) -> None:
    for minutes, picture in enumerate((portraits.obama, portraits.obama_again, portraits.hopper)):
        seen(api, picture, minutes, f"t{minutes}")
    hopper, obama = api.admin.unknown_people().unknown_people
    assert (hopper.count, obama.count) == (1, 2)
    assert (obama.first_seen, obama.last_seen) == (NOW, NOW + timedelta(minutes=1))
    assert (obama.devices, obama.decision, obama.nearest) == (["door"], Decision.UNKNOWN, None)
    assert len(api.admin.unknown_person(obama.id).faces) == 2
    assert api.admin.unknown_people().kept_days == 7

    named = api.admin.name_unknown_person(obama.id, "obama", "Barack Obama", {"year": 1961})
    assert (named.crops, named.sightings, len(named.photos)) == (2, 2, 2)
    assert api.admin.person("obama").photo_count == 2
    assert [one.id for one in api.admin.unknown_people().unknown_people] == [hopper.id]
    assert [s.label for s in api.admin.sightings().sightings] == [None, "obama", "obama"]
    (face,) = api.device.recognize(pictures.shrunk(portraits.obama, 300), captured_at=NOW).faces
    assert face.person is not None
    assert (face.person.name, face.person.attributes) == ("Barack Obama", {"year": 1961})


def test_a_crop_shows_the_face_and_little_else(api: Api, portraits: Portraits) -> None:
    seen(api, portraits.hopper, 0)
    (sighting,) = api.admin.sightings().sightings
    crop = api.admin.crop(sighting.id)
    assert len(crop) <= 6 * 1024
    assert max(decode(crop).shape) == 160
    (face,) = api.analyzer.analyze(crop).faces
    (unknown_person,) = api.admin.unknown_people().unknown_people
    assert unknown_person.best.sighting == sighting.id
    for side in ("x", "y", "width", "height"):
        there = getattr(face.box, side)
        assert getattr(unknown_person.best.box, side) == pytest.approx(there, abs=8)


def test_it_is_somebody_who_is_known(api: Api, portraits: Portraits) -> None:
    seen(api, portraits.obama_again, 0)
    api.enrol("obama", portraits.obama)
    (unknown_person,) = api.admin.unknown_people().unknown_people
    assert unknown_person.nearest is not None
    assert (unknown_person.nearest.label, unknown_person.nearest.name) == ("obama", "Obama")
    with pytest.raises(ApiProblem) as refused:
        api.admin.name_unknown_person(unknown_person.id, "other", "Somebody else")
    assert refused.value.code == ErrorCode.FACE_OF_ANOTHER_PERSON
    assert [person.label for person in api.admin.people().people] == ["obama"]

    api.admin.assign_unknown_person(unknown_person.id, "obama")
    assert api.admin.person("obama").photo_count == 2
    assert api.admin.unknown_people().unknown_people == []
    assert [s.label for s in api.admin.sightings(label="obama").sightings] == ["obama"]


def test_a_face_too_poor_is_refused_as_a_photo_would_be(api: Api, portraits: Portraits) -> None:
    seen(api, pictures.shrunk(portraits.obama, 240), 0)
    (unknown_person,) = api.admin.unknown_people().unknown_people
    assert not unknown_person.best.quality.accepted
    with pytest.raises(ApiProblem) as refused:
        api.admin.name_unknown_person(unknown_person.id, "obama", "Barack Obama")
    assert (refused.value.status, refused.value.code) == (422, ErrorCode.FACE_TOO_SMALL)
    assert api.admin.people().people == []


def test_who_is_ignored_is_not_shown_until_it_is_taken_back(api: Api, portraits: Portraits) -> None:
    seen(api, portraits.obama, 0, "t1")
    (unknown_person,) = api.admin.unknown_people().unknown_people
    ignored = api.admin.ignore_unknown_person(unknown_person.id)
    assert ignored.id == unknown_person.id
    seen(api, portraits.obama_again, 1, "t2")
    assert api.admin.unknown_people().unknown_people == []
    assert api.admin.ignored_people().ignored == [ignored]
    assert decode(api.admin.ignored_crop(ignored.id)).size > 0
    api.admin.show_unknown_person_again(ignored.id)
    assert [one.count for one in api.admin.unknown_people().unknown_people] == [1]
    assert api.admin.ignored_people().ignored == []


def test_a_wrong_name_is_taken_from_the_visit(api: Api, portraits: Portraits) -> None:
    photo = api.enrol("obama", portraits.obama)
    for minutes, picture in enumerate((portraits.obama_again, portraits.obama)):
        seen(api, picture, minutes, "t1")
    wrong = api.admin.sightings(label="obama").sightings
    assert len(wrong) == 2
    corrected = api.admin.not_this_person(wrong[0].id)
    assert (corrected.label, corrected.sightings, corrected.crop_joined_unknown_people) == (
        "obama",
        2,
        True,
    )
    assert api.admin.sightings(label="obama").sightings == []
    assert {s.decision for s in api.admin.sightings().sightings} == {Decision.UNKNOWN}
    assert [one.count for one in api.admin.unknown_people().unknown_people] == [1]
    assert api.admin.photos("obama").photos == [photo]
    with pytest.raises(ApiProblem) as refused:
        api.admin.not_this_person(wrong[0].id)
    assert (refused.value.status, refused.value.code) == (409, ErrorCode.SIGHTING_UNNAMED)


def test_a_wrong_name_stays_away_when_the_request_comes_again(
    api: Api, portraits: Portraits
) -> None:
    api.enrol("obama", portraits.obama)
    seen(api, portraits.obama_again, 0, "t1")
    (wrong,) = api.admin.sightings().sightings
    api.admin.not_this_person(wrong.id)
    before = (api.admin.sightings(), api.admin.unknown_people())
    seen(api, portraits.obama_again, 0, "t1")
    assert (api.admin.sightings(), api.admin.unknown_people()) == before
    assert api.admin.sightings().sightings[0].label is None
    assert len(api.admin.crop(wrong.id)) > 0


def test_the_audit_log_has_every_change(api: Api, portraits: Portraits) -> None:
    seen(api, portraits.hopper, 0)
    (unknown_person,) = api.admin.unknown_people().unknown_people
    api.admin.ignore_unknown_person(unknown_person.id)
    api.admin.show_unknown_person_again(unknown_person.id)
    api.admin.name_unknown_person(unknown_person.id, "hopper", "Grace Hopper")
    (sighting,) = api.admin.sightings().sightings
    api.admin.not_this_person(sighting.id)
    logged = [
        (entry.action, entry.subject)
        for entry in api.admin.audit().entries
        if entry.action.startswith(("unknown_person", "sighting"))
    ]
    assert logged == [
        (AuditAction.SIGHTING_CORRECTED, sighting.id),
        (AuditAction.UNKNOWN_PERSON_NAMED, "hopper"),
        (AuditAction.UNKNOWN_PERSON_SHOWN_AGAIN, unknown_person.id),
        (AuditAction.UNKNOWN_PERSON_IGNORED, unknown_person.id),
    ]


def test_a_deletion_takes_the_crops_of_the_person_along(api: Api, portraits: Portraits) -> None:
    api.enrol("obama", portraits.obama)
    seen(api, portraits.obama_again, 0)
    (sighting,) = api.admin.sightings().sightings
    assert api.admin.crop(sighting.id)
    assert api.admin.delete_person("obama").crops == 1
    with pytest.raises(ApiProblem) as refused:
        api.admin.crop(sighting.id)
    assert refused.value.code == ErrorCode.SIGHTING_NOT_FOUND


CALLS = [
    ("GET", "/v1/unknown-people"),
    ("GET", "/v1/unknown-people/ignored"),
    ("GET", f"/v1/unknown-people/{NOBODY}"),
    ("POST", f"/v1/unknown-people/{NOBODY}/name"),
    ("POST", f"/v1/unknown-people/{NOBODY}/assign"),
    ("POST", f"/v1/unknown-people/{NOBODY}/ignore"),
    ("DELETE", f"/v1/unknown-people/{NOBODY}/ignore"),
    ("GET", f"/v1/unknown-people/{NOBODY}/ignore/crop"),
    ("GET", f"/v1/sightings/{NOBODY}/crop"),
    ("POST", f"/v1/sightings/{NOBODY}/not-this-person"),
]


def test_all_of_it_is_the_admin_s(api: Api) -> None:
    token = api.admin.add_device("gate").token.get_secret_value()
    for method, path in CALLS:
        body = {"json": {"label": "a", "name": "A"}} if path.endswith("/name") else {}
        answer = api.raw(
            method, path, token=None, headers={"authorization": f"Bearer {token}"}, **body
        )
        assert (answer.status_code, answer.json()["code"]) == (403, ErrorCode.FORBIDDEN), path
        assert api.raw(method, path, token=None).status_code == 401


def test_a_missing_unknown_person_is_a_problem(api: Api) -> None:
    codes = {}
    for method, path in CALLS[2:]:
        body = {"label": "a", "name": "A"} if path.endswith("/name") else {"label": "a"}
        answer = api.raw(method, path, json=body if method == "POST" else None)
        assert answer.status_code == 404, path
        codes[path.rpartition("/")[2]] = answer.json()["code"]
    assert codes["crop"] == ErrorCode.SIGHTING_NOT_FOUND
    assert codes["assign"] == ErrorCode.PERSON_NOT_FOUND
    assert codes["ignore"] == codes["name"] == ErrorCode.UNKNOWN_PERSON_NOT_FOUND


@pytest.mark.one_transport
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"label": "a"},
        {"label": "a b", "name": "A"},
        {"label": "a", "name": " "},
        {"label": "a", "name": "A", "more": 1},
        {"label": "a", "name": "A", "attributes": {"x": {}}},
    ],
)
def test_a_name_that_does_not_fit_is_refused(api: Api, body: dict[str, object]) -> None:
    api.admin.put_person("b", PersonUpdate(name="B"))
    answer = api.raw("POST", f"/v1/unknown-people/{NOBODY}/name", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, ErrorCode.VALIDATION_FAILED)


@pytest.mark.one_transport
@pytest.mark.parametrize("unknown_person", ["x", "0" * 31, "G" * 32, "%00", "..%2f"])
def test_an_id_that_is_none_is_refused(api: Api, unknown_person: str) -> None:
    for path in (f"/v1/unknown-people/{unknown_person}", f"/v1/sightings/{unknown_person}/crop"):
        assert api.raw("GET", path).status_code in {404, 422}
    assert api.raw("GET", "/v1/unknown-people?limit=0").status_code == 422
    assert api.raw("GET", "/v1/unknown-people?after=not-ours").status_code == 422
