"""Test ``Faces`` on every store."""

from __future__ import annotations

import numpy as np
import pytest

from recognizer.domain.errors import GalleryMoved, PersonNotFound, PhotoNotFound
from recognizer.domain.ports import Stores
from services.recognizer.tests.stores.conftest import add, face, person


def test_a_photo_is_found_with_its_bytes(stores: Stores) -> None:
    person(stores, "ada")
    enrolled = face("ada", 1)
    add(stores, enrolled, b"\x00\xff bytes")
    assert stores.faces.find("ada", enrolled.photo.id) == enrolled.photo
    assert stores.faces.list("ada") == [enrolled.photo]
    assert stores.faces.picture("ada", enrolled.photo.id) == b"\x00\xff bytes"
    assert stores.faces.find("ada", "0" * 32) is None


def test_photos_are_listed_oldest_first(stores: Stores) -> None:
    person(stores, "ada")
    for number in (3, 1, 2):
        add(stores, face("ada", number))
    assert [int(one.id, 16) for one in stores.faces.list("ada")] == [1, 2, 3]


def test_a_photo_of_a_missing_person_is_not_kept(stores: Stores) -> None:
    with pytest.raises(PersonNotFound):
        add(stores, face("nobody", 1))
    with pytest.raises(PersonNotFound):
        stores.faces.find("nobody", "0" * 32)
    with pytest.raises(PersonNotFound):
        stores.faces.list("nobody")
    assert stores.faces.version() == 0
    assert stores.faces.snapshot("m1", 4).face_ids == ()


def test_a_photo_decided_on_an_old_gallery_is_not_kept(stores: Stores) -> None:
    person(stores, "ada")
    seen = stores.faces.version()
    stores.faces.add(face("ada", 1), b"1", seen_version=seen)
    with pytest.raises(GalleryMoved):
        stores.faces.add(face("ada", 2), b"2", seen_version=seen)
    assert len(stores.faces.list("ada")) == 1


def test_each_change_is_one_version(stores: Stores) -> None:
    person(stores, "ada")
    versions = [stores.faces.version()]
    versions.append(add(stores, face("ada", 1)))
    versions.append(stores.faces.replace(face("ada", 1, axis=2)))
    versions.append(stores.faces.remove("ada", face("ada", 1).photo.id))
    assert versions == [0, 1, 2, 3]
    assert stores.faces.version() == 3


def test_a_removed_photo_is_gone(stores: Stores) -> None:
    person(stores, "ada")
    photo = face("ada", 1).photo
    add(stores, face("ada", 1))
    stores.faces.remove("ada", photo.id)
    assert stores.faces.list("ada") == []
    for call in (stores.faces.remove, stores.faces.picture):
        with pytest.raises(PhotoNotFound):
            call("ada", photo.id)
    with pytest.raises(PersonNotFound):
        stores.faces.remove("nobody", photo.id)


def test_a_snapshot_holds_one_model_s_embeddings_to_the_bit(stores: Stores) -> None:
    person(stores, "ada")
    person(stores, "bob")
    add(stores, face("bob", 3, axis=3))
    add(stores, face("ada", 1, axis=1))
    add(stores, face("ada", 2, model="m0"))
    snapshot = stores.faces.snapshot("m1", 4)
    assert snapshot.labels == ("ada", "bob")
    assert snapshot.face_ids == (f"ada/{1:032x}", f"bob/{3:032x}")
    np.testing.assert_array_equal(snapshot.vectors, np.eye(4, dtype=np.float32)[[1, 3]])
    assert snapshot.vectors.dtype == np.float32
    assert (snapshot.version, snapshot.outdated) == (3, 1)


def test_an_empty_snapshot_has_the_right_shape(stores: Stores) -> None:
    assert stores.faces.snapshot("m1", 4).vectors.shape == (0, 4)


def test_an_outdated_embedding_is_replaced_and_the_photo_stays(stores: Stores) -> None:
    person(stores, "ada")
    add(stores, face("ada", 1, model="m0"), b"kept")
    (outdated,) = stores.faces.outdated("m1")
    assert outdated == face("ada", 1, model="m0").photo
    stores.faces.replace(face("ada", 1, model="m1", axis=2))
    assert stores.faces.outdated("m1") == ()
    assert stores.faces.picture("ada", outdated.id) == b"kept"
    assert stores.faces.list("ada")[0].model == "m1"
    with pytest.raises(PhotoNotFound):
        stores.faces.replace(face("ada", 9))
