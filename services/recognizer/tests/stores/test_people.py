"""Test ``People`` on every store."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from facecore.contract import Attributes, DeletionReceipt, PersonUpdate
from recognizer.domain.errors import PersonNotFound
from recognizer.domain.people import PeopleSearch
from recognizer.domain.ports import SightingFilter, Stores
from services.recognizer.tests.stores.conftest import (
    NOON,
    add,
    crop,
    crops_of,
    face,
    person,
    sighting,
)


def test_a_record_is_read_as_it_was_put(stores: Stores) -> None:
    update = PersonUpdate(
        name="Ada 法", attributes={"year": 1815, "f": 1.5, "l": [True, None, "x"]}
    )
    put, created = stores.people.put("ada", update, NOON)
    assert created
    assert stores.people.get("ada") == put
    assert (put.name, put.attributes, put.photo_count) == (update.name, update.attributes, 0)
    assert put.created_at == put.updated_at == NOON


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"empty": "", "none": None, "list": [], "lists": ["", None, False, 0, 0.0, -1.5]},
        {"Größe": "日本語 \U0001f600", "é" * 64: "e\u0301", " ": "\t\n"},
        {"int": 2**53 - 1, "low": -(2**53) + 1, "float": 2.0, "huge": 1e300, "tiny": 5e-324},
        {f"key {number}": "x" * 45 for number in range(256)},
    ],
)
def test_attributes_come_back_exactly(stores: Stores, attributes: Attributes) -> None:
    stores.people.put("ada", PersonUpdate(name="Ada", attributes=attributes), NOON)
    for found in (
        stores.people.get("ada"),
        *stores.people.list(after=None, limit=9).people,
    ):
        assert json.dumps(found.attributes, sort_keys=True) == json.dumps(
            attributes, sort_keys=True
        )


def test_putting_again_replaces_all_but_the_creation_time(stores: Stores) -> None:
    stores.people.put("ada", PersonUpdate(name="A", attributes={"year": 1}), NOON)
    later = NOON + timedelta(days=1)
    put, created = stores.people.put("ada", PersonUpdate(name="B"), later)
    assert not created
    assert (put.name, put.attributes) == ("B", {})
    assert (put.created_at, put.updated_at) == (NOON, later)


def test_pages_go_by_label_and_end(stores: Stores) -> None:
    for label in ("c", "a", "B", "d", "e"):
        person(stores, label)
    labels, after = [], None
    while True:
        page = stores.people.list(after=after, limit=2)
        labels.append([one.label for one in page.people])
        if (after := page.next) is None:
            break
    assert labels == [["B", "a"], ["c", "d"], ["e"]]


def test_a_missing_person_is_not_found(stores: Stores) -> None:
    with pytest.raises(PersonNotFound):
        stores.people.get("nobody")
    with pytest.raises(PersonNotFound):
        stores.people.delete("nobody")


def test_several_are_read_at_once_and_missing_people_are_left_out(stores: Stores) -> None:
    for number in range(0, 240, 2):
        person(stores, f"p{number}")
    stores.people.delete("p4")
    labels = [f"p{number}" for number in range(230)]
    found = stores.people.known([*labels, "p6", "p0"])
    assert sorted(found) == sorted({*labels[::2]} - {"p4"})
    assert found["p6"] == stores.people.get("p6")
    assert stores.people.known([]) == {}


def test_photos_are_counted(stores: Stores) -> None:
    person(stores, "ada")
    add(stores, face("ada", 1))
    add(stores, face("ada", 2))
    assert stores.people.get("ada").photo_count == 2
    assert stores.people.list(after=None, limit=9).people[0].photo_count == 2


def test_more_than_fits_in_a_transaction_is_deleted_at_once(stores: Stores) -> None:
    """Test too many: AWS takes 100 actions, DynamoDB Local 10; a sighting takes two."""
    person(stores, "ada")
    for number in range(12):
        add(stores, face("ada", number))
    stores.sightings.add([sighting(n, label="ada", minutes=n) for n in range(60)])
    for number in range(25):
        stores.crops.put(crop(number, label="ada"), b"jpeg")
    deletion = stores.people.delete("ada")
    assert deletion.receipt == DeletionReceipt(
        label="ada", records=1, photos=12, embeddings=12, sightings=60, crops=25
    )
    assert stores.faces.snapshot("m1", 4).face_ids == ()
    assert stores.sightings.list(SightingFilter(), after=None, limit=9).sightings == []


def test_a_deletion_takes_everything_of_one_person_and_nothing_else(stores: Stores) -> None:
    for label in ("ada", "bob"):
        person(stores, label)
    add(stores, face("ada", 1))
    add(stores, face("ada", 2))
    add(stores, face("bob", 3))
    stores.sightings.add([sighting(1, label="ada"), sighting(2, label="bob"), sighting(3)])
    for kept in (crop(1, label="ada"), crop(2, label="bob"), crop(3)):
        stores.crops.put(kept, b"jpeg")
    before = stores.faces.version()
    deletion = stores.people.delete("ada")
    assert deletion.receipt == DeletionReceipt(
        label="ada", records=1, photos=2, embeddings=2, sightings=1, crops=1
    )
    assert deletion.gallery_version == stores.faces.version() == before + 1
    assert [one.label for one in stores.people.list(after=None, limit=9).people] == ["bob"]
    assert stores.faces.snapshot("m1", 4).labels == ("bob",)
    left = stores.sightings.list(SightingFilter(), after=None, limit=9).sightings
    assert {one.label for one in left} == {"bob", None}
    assert crops_of(stores, "ada") == []
    assert [one.id for one in crops_of(stores, "bob")] == [crop(2).id]
    assert [one.id for one in stores.crops.unknown_people("m1", 9)] == [crop(3).id]


def _found(stores: Stores, text: str, *, limit: int = 9) -> list[str]:
    """Return everybody whom a search finds, by label, from all pages."""
    labels: list[str] = []
    after = None
    while True:
        page = stores.people.list(after=after, limit=limit, search=PeopleSearch(text))
        assert len(page.people) <= limit
        labels += [one.label for one in page.people]
        if (after := page.next) is None:
            return labels


def _some_people(stores: Stores) -> None:
    put = stores.people.put
    put("ada", PersonUpdate(name="Ada Lovelace", attributes={"year": 1815, "on": True}), NOON)
    put("zoe", PersonUpdate(name="Zoë Ångström", attributes={"class": ["7B", "choir", 3]}), NOON)
    put("t.mueller", PersonUpdate(name="Thomas Müller", attributes={"town": "Gießen"}), NOON)
    put("li", PersonUpdate(name="李小龍", attributes={"note": None, "height": 1.72}), NOON)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("love", ["ada"]),
        ("LOVELACE", ["ada"]),
        ("a l", ["ada"]),
        ("zoe ang", ["zoe"]),
        ("ZOË", ["zoe"]),
        ("Zoe\u0308", ["zoe"]),
        ("muller", ["t.mueller"]),
        ("T.M", ["t.mueller"]),
        ("giessen", ["t.mueller"]),
        ("小", ["li"]),
        ("choir", ["zoe"]),
        ("1815", ["ada"]),
        ("1.7", ["li"]),
        ("  love ", ["ada"]),
        ("true", []),
        ("none", []),
        ("year", []),  # all have the attribute's name in common
        ("%", []),
        ("lovelace ada", []),
        ("", ["ada", "li", "t.mueller", "zoe"]),
    ],
)
def test_a_search_finds_by_name_label_and_attributes(
    stores: Stores, text: str, labels: list[str]
) -> None:
    _some_people(stores)
    assert _found(stores, text) == labels


def test_a_search_is_paged_as_the_whole_list_is(stores: Stores) -> None:
    for number in range(7):
        stores.people.put(f"p{number}", PersonUpdate(name=f"Ada {number}"), NOON)
        stores.people.put(f"q{number}", PersonUpdate(name=f"Bob {number}"), NOON)
    first = stores.people.list(after=None, limit=3, search=PeopleSearch("ada"))
    assert [one.label for one in first.people] == ["p0", "p1", "p2"]
    assert first.next == "p2"
    assert _found(stores, "ada", limit=3) == [f"p{number}" for number in range(7)]
    assert _found(stores, "bob", limit=7) == [f"q{number}" for number in range(7)]


def test_a_search_returns_whole_people(stores: Stores) -> None:
    _some_people(stores)
    add(stores, face("zoe", 1))
    page = stores.people.list(after=None, limit=9, search=PeopleSearch("zoe"))
    assert page.people == [stores.people.get("zoe")]
    assert page.people[0].photo_count == 1
