"""Readiness: the store says by itself at which version the gallery is."""

from __future__ import annotations

from recognizer.domain.ports import Stores
from services.recognizer.tests.stores.conftest import add, face, person


def test_a_store_that_can_be_used_tells_the_gallery_s_version(stores: Stores) -> None:
    assert stores.readiness.gallery_version() == stores.faces.version()
    person(stores, "ada")
    version = add(stores, face("ada", 1))
    assert stores.readiness.gallery_version() == version
