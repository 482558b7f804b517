"""Merging two people: what moves, what stays, and who is recognised afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from facecore.contract import ErrorCode, MergeReceipt, PersonUpdate
from facecore.errors import ApiProblem
from tests.support.api import NOW, Api
from tests.support.pictures import Portraits


def refusal(api: Api, label: str, into: str) -> tuple[int, str]:
    with pytest.raises(ApiProblem) as refused:
        api.admin.merge_person(label, into)
    return refused.value.status, refused.value.code


def test_two_who_are_one_become_one(api: Api, portraits: Portraits) -> None:
    api.enrol("obama", portraits.obama, "Barack", {"major": "law", "year": 1991})
    api.enrol("hopper", portraits.hopper, "Grace", {"year": 1928})
    api.device.recognize(portraits.obama_again, captured_at=NOW)
    receipt = api.admin.merge_person("obama", "hopper")
    assert receipt == MergeReceipt(
        label="obama",
        into="hopper",
        created=False,
        photos=1,
        same_photos=0,
        sightings=1,
        attributes=1,
    )
    hopper = api.admin.person("hopper")
    assert (hopper.name, hopper.attributes) == ("Grace", {"year": 1928, "major": "law"})
    assert hopper.photo_count == len(api.admin.photos("hopper").photos) == 2
    assert [p.label for p in api.admin.people().people] == ["hopper"]
    assert [s.label for s in api.admin.sightings().sightings] == ["hopper"]
    for picture, minute in ((portraits.obama_again, 1), (portraits.hopper, 2)):
        at = NOW + timedelta(minutes=minute)
        (face,) = api.device.recognize(picture, captured_at=at).faces
        assert face.person is not None
        assert face.person.label == "hopper"
    assert api.admin.delete_person("hopper").photos == 2


def test_a_label_that_nobody_has_is_a_new_name_for_the_old_person(
    api: Api, portraits: Portraits
) -> None:
    before = api.admin.person(api.enrol("obama", portraits.obama, "Barack", {"year": 1991}).label)
    assert api.admin.merge_person("obama", "barack_obama").created
    after = api.admin.person("barack_obama")
    kept = {"label", "updated_at"}
    assert after.model_dump(exclude=kept) == before.model_dump(exclude=kept)
    assert refusal(api, "obama", "barack_obama") == (404, ErrorCode.PERSON_NOT_FOUND)
    (face,) = api.device.recognize(portraits.obama_again, captured_at=NOW).faces
    assert face.person is not None
    assert face.person.label == "barack_obama"


def test_an_invalid_merge_is_refused(api: Api) -> None:
    api.admin.put_person("x", PersonUpdate(name="X"))
    assert refusal(api, "x", "x") == (422, ErrorCode.MERGE_IMPOSSIBLE)
    assert refusal(api, "nobody", "x") == (404, ErrorCode.PERSON_NOT_FOUND)
    assert refusal(api, "nobody", "nobody") == (422, ErrorCode.MERGE_IMPOSSIBLE)
    bodies: list[object] = [{}, {"into": ""}, {"into": "../y"}, {"into": 1}, []]
    for body in [*bodies, {"into": "y", "force": True}]:
        answer = api.raw("POST", "/v1/people/x/merge", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, ErrorCode.VALIDATION_FAILED)
    assert api.raw("POST", "/v1/people/x/merge", content=b"{").status_code in {400, 415}
    assert [p.label for p in api.admin.people().people] == ["x"]


def test_more_attributes_than_a_record_takes_are_refused_with_the_reason(api: Api) -> None:
    for label in ("x", "y"):
        attributes = {f"{label}{number}": "a" * 60 for number in range(130)}
        api.admin.put_person(label, PersonUpdate(name=label, attributes={**attributes}))
    answer = api.raw("POST", "/v1/people/x/merge", json={"into": "y"})
    assert (answer.status_code, answer.json()["code"]) == (422, ErrorCode.MERGE_IMPOSSIBLE)
    assert "attributes" in answer.json()["detail"]
    assert len(api.admin.people().people) == 2


def test_a_device_may_not_merge(api: Api) -> None:
    api.admin.put_person("x", PersonUpdate(name="X"))
    with pytest.raises(ApiProblem) as refused:
        api.device.merge_person("x", "y")
    assert (refused.value.status, refused.value.code) == (403, ErrorCode.FORBIDDEN)
    answer = api.raw("POST", "/v1/people/x/merge", token=None, json={"into": "y"})
    assert answer.status_code == 401
    assert api.admin.person("x").label == "x"
