"""Test ``People.merge`` on every store."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from facecore.contract import MAX_ATTRIBUTES, MergeReceipt, PersonUpdate
from recognizer.domain.errors import MergeImpossible, PersonNotFound
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

LATER = NOON + timedelta(days=1)


def put(stores: Stores, label: str, **attributes: int) -> None:
    stores.people.put(label, PersonUpdate(name=label.title(), attributes={**attributes}), NOON)


def seen(stores: Stores, wanted: SightingFilter) -> list[str | None]:
    """Return the labels of the sightings, newest first."""
    found = stores.sightings.list(wanted, after=None, limit=500).sightings
    return [one.label for one in found]


def test_everything_moves_and_the_target_keeps_its_record(stores: Stores) -> None:
    put(stores, "zoe", year=1, club=2)
    put(stores, "bob", year=3)
    person(stores, "eve")
    add(stores, face("zoe", 1, axis=1), b"one")
    add(stores, face("zoe", 2, axis=2), b"two")
    add(stores, face("bob", 3, axis=3), b"three")
    add(stores, face("eve", 4))
    stores.sightings.add([sighting(n, label="zoe", minutes=n) for n in range(3)])
    stores.sightings.add([sighting(10, label="bob", minutes=10), sighting(11, minutes=11)])
    for number in range(12):
        stores.crops.put(crop(number, label="zoe"), b"jpeg %d" % number)
    stores.crops.put(crop(20, label="bob"), b"jpeg")
    receipt = stores.people.merge("zoe", "bob", LATER)
    assert receipt == MergeReceipt(
        label="zoe", into="bob", created=False, photos=2, same_photos=0, sightings=3, attributes=1
    )
    bob = stores.people.get("bob")
    assert (bob.name, bob.attributes) == ("Bob", {"year": 3, "club": 2})
    assert (bob.photo_count, bob.created_at, bob.updated_at) == (3, NOON, LATER)
    assert [one.label for one in stores.people.list(after=None, limit=9).people] == ["bob", "eve"]
    photos = stores.faces.list("bob")
    assert {one.label for one in photos} == {"bob"}
    pictures = [stores.faces.picture("bob", one.id) for one in photos]
    assert pictures == [b"one", b"two", b"three"]
    assert seen(stores, SightingFilter(label="bob")) == ["bob"] * 4
    assert seen(stores, SightingFilter(label="zoe")) == []
    assert seen(stores, SightingFilter(device="door")) == [None, *["bob"] * 4]
    assert crops_of(stores, "zoe") == []
    assert [one.id for one in crops_of(stores, "bob")] == [
        crop(number).id for number in (*range(12), 20)
    ]
    assert stores.crops.picture(crop(3).id, "bob") == b"jpeg 3"


def test_the_gallery_follows_and_every_embedding_stays_its_own(stores: Stores) -> None:
    for label in ("zoe", "bob"):
        person(stores, label)
    add(stores, face("zoe", 1, axis=1))
    add(stores, face("bob", 2, axis=2))
    before = stores.faces.version()
    stores.people.merge("zoe", "bob", LATER)
    assert stores.faces.version() > before
    snapshot = stores.faces.snapshot("m1", 4)
    assert snapshot.labels == ("bob", "bob")
    assert snapshot.face_ids == tuple(f"bob/{face('bob', n).photo.id}" for n in (1, 2))
    assert np.array_equal(snapshot.vectors, np.eye(4, dtype=np.float32)[[1, 2]])
    assert snapshot.outdated == 0


def test_a_merge_into_a_free_label_moves_the_whole_person(stores: Stores) -> None:
    put(stores, "zoe", year=1)
    add(stores, face("zoe", 1), b"one")
    stores.sightings.add([sighting(1, label="zoe")])
    receipt = stores.people.merge("zoe", "zoe-2", LATER)
    assert (receipt.created, receipt.photos, receipt.sightings) == (True, 1, 1)
    moved = stores.people.get("zoe-2")
    assert (moved.name, moved.attributes, moved.photo_count) == ("Zoe", {"year": 1}, 1)
    assert (moved.created_at, moved.updated_at) == (NOON, LATER)
    with pytest.raises(PersonNotFound):
        stores.people.get("zoe")
    assert stores.people.merge("zoe-2", "zoe", LATER).created  # and back
    assert stores.faces.picture("zoe", face("zoe", 1).photo.id) == b"one"


def test_a_photo_that_both_have_is_kept_once(stores: Stores) -> None:
    for label in ("zoe", "bob"):
        person(stores, label)
        add(stores, face(label, 1), label.encode())
    add(stores, face("zoe", 2))
    receipt = stores.people.merge("zoe", "bob", LATER)
    assert (receipt.photos, receipt.same_photos) == (1, 1)
    assert stores.people.get("bob").photo_count == len(stores.faces.list("bob")) == 2
    assert stores.faces.picture("bob", face("bob", 1).photo.id) == b"bob"
    assert len(stores.faces.snapshot("m1", 4).face_ids) == 2


def test_an_impossible_merge_is_refused_and_changes_nothing(stores: Stores) -> None:
    half = MAX_ATTRIBUTES // 2 + 1
    put(stores, "zoe", **{f"zoe{n}": n for n in range(half)})
    put(stores, "bob", **{f"bob{n}": n for n in range(half)})
    add(stores, face("zoe", 1))
    for label, into in (("zoe", "zoe"), ("zoe", "bob")):
        with pytest.raises(MergeImpossible):
            stores.people.merge(label, into, LATER)
    for into in ("bob", "nobody-else"):
        with pytest.raises(PersonNotFound):
            stores.people.merge("nobody", into, LATER)
    assert stores.people.get("zoe").photo_count == 1
    assert len(stores.people.get("bob").attributes) == half
    assert len(stores.people.list(after=None, limit=9).people) == 2


def test_more_than_fits_in_a_transaction_moves_at_once(stores: Stores) -> None:
    for label in ("zoe", "bob"):
        person(stores, label)
    for number in range(12):
        add(stores, face("zoe", number))
    stores.sightings.add([sighting(n, label="zoe", minutes=n) for n in range(60)])
    receipt = stores.people.merge("zoe", "bob", LATER)
    assert (receipt.photos, receipt.sightings) == (12, 60)
    assert seen(stores, SightingFilter(label="bob")) == ["bob"] * 60
    deletion = stores.people.delete("bob").receipt
    assert (deletion.photos, deletion.sightings) == (12, 60)
    assert seen(stores, SightingFilter()) == []


def test_the_old_label_is_free_for_somebody_else(stores: Stores) -> None:
    for label in ("zoe", "bob"):
        person(stores, label)
    add(stores, face("zoe", 1, axis=1))
    stores.sightings.add([sighting(1, label="zoe")])
    stores.people.merge("zoe", "bob", LATER)
    person(stores, "zoe")
    add(stores, face("zoe", 5, axis=2))
    assert stores.people.get("zoe").photo_count == 1
    assert seen(stores, SightingFilter(label="zoe")) == []
    assert stores.people.delete("zoe").receipt.sightings == 0
    assert stores.people.get("bob").photo_count == 1
