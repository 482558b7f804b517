"""Test ``KeptCrops`` on every store."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from facecore.contract import Decision
from recognizer.domain.errors import CropNotFound, PersonNotFound
from recognizer.domain.ports import KeptCrop, Stores
from services.recognizer.tests.service import SettableClock
from services.recognizer.tests.stores.conftest import NOON, crop, crops_of, person
from services.recognizer.tests.stores.store_backends import CROP_LIFETIME


def same(one: KeptCrop, other: KeptCrop) -> bool:
    parts = [(c.id, c.label, c.face, c.embedding.model_id) for c in (one, other)]
    return parts[0] == parts[1] and np.array_equal(one.embedding.vector, other.embedding.vector)


def ids(crops: list[KeptCrop]) -> list[str]:
    return [one.id for one in crops]


@pytest.mark.parametrize("label", [None, "ada"])
def test_a_crop_is_read_as_it_was_put(stores: Stores, label: str | None) -> None:
    person(stores, "ada")
    kept = crop(1, label=label, axis=2)
    assert stores.crops.put(kept, b"\xff\xd8jpeg")
    assert same(stores.crops.get(kept.id, label), kept)
    assert stores.crops.picture(kept.id, label) == b"\xff\xd8jpeg"
    (found,) = stores.crops.of_visit(kept.visit, label)
    assert same(found, kept)


def test_a_missing_crop_is_not_found(stores: Stores) -> None:
    person(stores, "ada")
    stores.crops.put(crop(1), b"jpeg")
    for crop_id, label in ((crop(2).id, None), (crop(1).id, "ada")):
        with pytest.raises(CropNotFound):
            stores.crops.get(crop_id, label)
        with pytest.raises(CropNotFound):
            stores.crops.picture(crop_id, label)
    with pytest.raises(CropNotFound):
        stores.crops.move(crop(2), "ada")
    stores.crops.remove(crop(2))


def test_the_same_id_again_replaces_the_crop(stores: Stores) -> None:
    stores.crops.put(crop(1), b"first")
    stores.crops.put(crop(1, minutes=5), b"second")
    assert stores.crops.picture(crop(1).id, None) == b"second"
    assert [one.face for one in stores.crops.unknown_people("m1", 9)] == [crop(1, minutes=5).face]


def test_no_crop_is_kept_for_a_missing_person(stores: Stores) -> None:
    assert not stores.crops.put(crop(1, label="gone"), b"jpeg")
    assert crops_of(stores, "gone") == []


def test_a_visit_has_its_own_crop(stores: Stores) -> None:
    for label in ("ada", "bob"):
        person(stores, label)
    put = [crop(1, visit=7), crop(2, visit=7), crop(3, visit=8)]
    put += [crop(4, visit=7, label="ada"), crop(5, visit=8, label="ada")]
    put += [crop(6, visit=7, label="bob")]
    for one in put:
        stores.crops.put(one, b"jpeg")
    visit = crop(1, visit=7).visit
    assert ids(stores.crops.of_visit(visit, None)) == ids(put[:2])
    assert ids(stores.crops.of_visit(visit, "ada")) == ids(put[3:4])
    assert ids(stores.crops.of_visit(visit, "eve")) == []
    assert ids(crops_of(stores, "ada")) == ids(put[3:5])


def test_a_person_s_crops_are_listed_with_pictures_after_any_of_them(stores: Stores) -> None:
    person(stores, "ada")
    put = [crop(number, visit=number, label="ada") for number in range(5)]
    for number, one in enumerate(put):
        stores.crops.put(one, bytes([number]) * (300_000 if number % 2 else 9))
    found = list(stores.crops.of_person("ada"))
    assert ids([one for one, _ in found]) == ids(put)
    assert [len(picture) for _, picture in found] == [9, 300_000, 9, 300_000, 9]
    assert found[3][1] == stores.crops.picture(put[3].id, "ada")
    later = [one for one, _ in stores.crops.of_person("ada", after=put[2].id)]
    assert ids(later) == ids(put[3:])
    assert list(stores.crops.of_person("ada", after=put[4].id)) == []


def test_unknown_crops_are_listed_by_model_newest_first(stores: Stores) -> None:
    person(stores, "ada")
    for number in range(12):
        stores.crops.put(crop(number, visit=number, minutes=number // 2), b"jpeg")
    stores.crops.put(crop(20, model="m2", minutes=99), b"jpeg")
    stores.crops.put(crop(21, label="ada", minutes=99), b"jpeg")
    newest = [crop(number, visit=number).id for number in range(11, -1, -1)]
    assert ids(stores.crops.unknown_people("m1", 100)) == newest
    assert ids(stores.crops.unknown_people("m1", 5)) == newest[:5]
    assert ids(stores.crops.unknown_people("m2", 5)) == [crop(20).id]


def test_a_crop_moves_to_a_person_and_back(stores: Stores) -> None:
    person(stores, "ada")
    kept = crop(1, axis=3)
    stores.crops.put(kept, b"jpeg")
    stores.crops.move(kept, "ada")
    (hers,) = crops_of(stores, "ada")
    assert same(hers, kept.of("ada"))
    assert hers.face.decision is Decision.MATCH
    assert stores.crops.picture(kept.id, "ada") == b"jpeg"
    assert stores.crops.unknown_people("m1", 9) == []
    with pytest.raises(CropNotFound):
        stores.crops.move(kept, "ada")
    stores.crops.move(hers, None)
    (again,) = stores.crops.unknown_people("m1", 9)
    assert same(again, kept)
    assert crops_of(stores, "ada") == []


def test_a_crop_does_not_move_to_a_missing_person(stores: Stores) -> None:
    stores.crops.put(crop(1), b"jpeg")
    with pytest.raises(PersonNotFound):
        stores.crops.move(crop(1), "gone")
    assert ids(stores.crops.unknown_people("m1", 9)) == [crop(1).id]


def test_a_crop_that_is_removed_is_gone(stores: Stores) -> None:
    person(stores, "ada")
    for one in (crop(1), crop(2, label="ada"), crop(3)):
        stores.crops.put(one, b"jpeg")
    stores.crops.remove(crop(1))
    stores.crops.remove(crop(2, label="ada"))
    assert ids(stores.crops.unknown_people("m1", 9)) == [crop(3).id]
    assert crops_of(stores, "ada") == []


def test_a_crop_expires(stores: Stores, clock: SettableClock) -> None:
    person(stores, "ada")
    stores.crops.put(crop(1), b"jpeg")
    stores.crops.put(crop(2, label="ada"), b"jpeg")
    clock.move(CROP_LIFETIME - timedelta(seconds=1))
    assert ids(stores.crops.unknown_people("m1", 9)) == [crop(1).id]
    clock.move(timedelta(seconds=2))
    assert stores.crops.unknown_people("m1", 9) == []
    assert crops_of(stores, "ada") == []
    assert stores.crops.of_visit(crop(1).visit, None) == []
    for crop_id, label in ((crop(1).id, None), (crop(2).id, "ada")):
        with pytest.raises(CropNotFound):
            stores.crops.picture(crop_id, label)
    face = crop(3).face.model_copy(update={"received_at": clock(), "captured_at": NOON})
    fresh = KeptCrop(crop(3).id, None, face, crop(3).embedding)
    stores.crops.put(fresh, b"jpeg")
    assert ids(stores.crops.unknown_people("m1", 9)) == [fresh.id]
