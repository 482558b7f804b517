"""People: records are stored as sent, listed in pages, searched and deleted."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from facecore.contract import ErrorCode, PersonUpdate
from facecore.errors import ApiProblem
from tests.support.api import Api


def test_a_record_is_kept_as_it_was_sent(api: Api) -> None:
    attributes = {
        "major": "Völkerrecht 法学",
        "year": 1991,
        "grade": 1.25,
        "present": True,
        "nickname": "",
        "advisor": None,
        "courses": ["torts", 7, ""],
    }
    put = api.admin.put_person("obama", PersonUpdate(name="Barack Obama", attributes=attributes))
    read = api.admin.person("obama")
    assert read == put
    assert read.name == "Barack Obama"
    assert read.attributes == attributes
    assert type(read.attributes["year"]) is int
    assert type(read.attributes["present"]) is bool
    assert read.photo_count == 0


def test_putting_again_replaces_the_record_but_not_its_creation_time(api: Api) -> None:
    first = api.admin.put_person("x", PersonUpdate(name="Old", attributes={"year": 1}))
    second = api.admin.put_person("x", PersonUpdate(name="New"))
    assert (second.name, second.attributes) == ("New", {})
    assert second.created_at == first.created_at
    assert second.updated_at >= first.updated_at


def test_people_are_listed_in_pages_in_the_order_of_their_labels(api: Api) -> None:
    for label in ("c", "a", "e", "b", "d"):
        api.admin.put_person(label, PersonUpdate(name=label.upper()))
    first = api.admin.people(limit=2)
    second = api.admin.people(limit=2, after=first.next)
    third = api.admin.people(limit=2, after=second.next)
    labels = [[p.label for p in page.people] for page in (first, second, third)]
    assert labels == [["a", "b"], ["c", "d"], ["e"]]
    assert third.next is None
    assert [p.label for p in api.admin.iter_people()] == ["a", "b", "c", "d", "e"]


def test_people_are_searched_by_their_records(api: Api) -> None:
    api.admin.put_person("zoe", PersonUpdate(name="Zoë Ångström", attributes={"class": ["7B"]}))
    api.admin.put_person("tim", PersonUpdate(name="<b>Tim</b>", attributes={"class": ["7C"]}))
    for search, labels in {
        "ZOE ANG": ["zoe"],
        "7b": ["zoe"],
        "7": ["tim", "zoe"],
        "<b>": ["tim"],
        "%": [],
        "": ["tim", "zoe"],
    }.items():
        assert [p.label for p in api.admin.iter_people(search=search)] == labels
        assert [p.label for p in api.admin.people(search=search, limit=1).people] == labels[:1]


@pytest.mark.one_transport
@pytest.mark.parametrize(
    "query", [{"search": "x" * 201}, {"serach": "zoe"}, {"search": ["a", "b"]}]
)
def test_an_invalid_search_is_refused(api: Api, query: dict[str, object]) -> None:
    answer = api.raw("GET", "/v1/people", params=query)
    assert answer.status_code == 422
    assert answer.json()["code"] == ErrorCode.VALIDATION_FAILED


def test_a_person_who_is_not_there_is_a_problem_with_its_code(api: Api) -> None:
    for call in (api.admin.person, api.admin.photos, api.admin.delete_person):
        with pytest.raises(ApiProblem) as refused:
            call("nobody")
        assert (refused.value.status, refused.value.code) == (404, ErrorCode.PERSON_NOT_FOUND)


@pytest.mark.one_transport
@pytest.mark.parametrize("label", ["", "-x", "a b", "a/b", "..", "ü", "x" * 65, "a\x00b", "../x"])
def test_a_label_that_can_not_be_a_key_is_refused(api: Api, label: str) -> None:
    answer = api.raw("PUT", "/v1/people/" + quote(label, safe=""), json={"name": "X"})
    assert answer.status_code in {404, 405, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert api.admin.people().people == []


@pytest.mark.one_transport
@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": "   "},
        {"name": "x" * 201},
        {"name": "X", "nickname": "a field that is not known"},
        {"name": "X", "attributes": {"": 1}},
        {"name": "X", "attributes": {"big": 2**60}},
        {"name": "X", "attributes": {"nested": {"a": 1}}},
        {"name": "X", "attributes": {"long": "x" * 20_000}},
        {"attributes": {}},
        [],
    ],
)
def test_a_record_that_does_not_fit_is_refused_and_the_old_one_stays(
    api: Api, body: object
) -> None:
    before = api.admin.put_person("x", PersonUpdate(name="Before"))
    answer = api.raw("PUT", "/v1/people/x", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == ErrorCode.VALIDATION_FAILED
    assert answer.json()["errors"]
    assert api.admin.person("x") == before
