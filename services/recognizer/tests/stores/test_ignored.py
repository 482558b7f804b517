"""Test ``IgnoredFaces`` on every store."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from facecore.vision.gallery import Embedding
from recognizer.domain.errors import CropNotFound, UnknownPersonNotFound
from recognizer.domain.ports import IgnoredFace, Stores
from services.recognizer.tests.service import SettableClock
from services.recognizer.tests.stores.conftest import NOON
from services.recognizer.tests.stores.store_backends import SIGHTING_LIFETIME


def ignored(number: int, *, minutes: int = 0) -> IgnoredFace:
    vector = np.eye(4, dtype=np.float32)[number]
    at = NOON + timedelta(minutes=minutes)
    return IgnoredFace(f"{number:032x}", at, Embedding("m1", vector))


def test_ignored_faces_are_listed_newest_first(stores: Stores) -> None:
    for number, minutes in ((1, 5), (2, 9), (3, 2)):
        stores.ignored.add(ignored(number, minutes=minutes), b"jpeg %d" % number)
    found = stores.ignored.list()
    assert [one.id for one in found] == [ignored(n).id for n in (2, 1, 3)]
    assert found[0].ignored_at == NOON + timedelta(minutes=9)
    assert found[0].embedding.model_id == "m1"
    np.testing.assert_array_equal(found[0].embedding.vector, ignored(2).embedding.vector)
    assert stores.ignored.picture(ignored(2).id) == b"jpeg 2"


def test_the_same_id_again_replaces_the_ignored_face(stores: Stores) -> None:
    stores.ignored.add(ignored(1), b"first")
    stores.ignored.add(ignored(1, minutes=3), b"second")
    assert [one.ignored_at for one in stores.ignored.list()] == [NOON + timedelta(minutes=3)]
    assert stores.ignored.picture(ignored(1).id) == b"second"


def test_a_face_no_longer_ignored_leaves_nothing(stores: Stores) -> None:
    for number in (1, 2):
        stores.ignored.add(ignored(number), b"jpeg")
    stores.ignored.remove(ignored(1).id)
    assert [one.id for one in stores.ignored.list()] == [ignored(2).id]
    with pytest.raises(CropNotFound):
        stores.ignored.picture(ignored(1).id)
    with pytest.raises(UnknownPersonNotFound):
        stores.ignored.remove(ignored(1).id)


def test_an_ignored_face_expires(stores: Stores, clock: SettableClock) -> None:
    stores.ignored.add(ignored(1), b"jpeg")
    clock.move(SIGHTING_LIFETIME - timedelta(seconds=1))
    assert len(stores.ignored.list()) == 1
    clock.move(timedelta(seconds=2))
    assert stores.ignored.list() == []
    with pytest.raises(CropNotFound):
        stores.ignored.picture(ignored(1).id)
