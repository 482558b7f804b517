"""Test that a ready store returns the gallery's version."""

from __future__ import annotations

from recognizer.domain.ports import Stores
from services.recognizer.tests.stores.conftest import add, face, person


def test_a_ready_store_returns_the_gallery_s_version(stores: Stores) -> None:
    assert stores.readiness.gallery_version() == stores.faces.version()
    person(stores, "ada")
    version = add(stores, face("ada", 1))
    assert stores.readiness.gallery_version() == version
