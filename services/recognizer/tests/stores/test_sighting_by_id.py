"""Test ``Sightings.find`` on every store."""

from __future__ import annotations

from datetime import timedelta

import pytest

from facecore.contract import Sighting
from recognizer.domain.capture import sighting_id
from recognizer.domain.errors import SightingNotFound
from recognizer.domain.ports import Stores
from services.recognizer.tests.service import SettableClock
from services.recognizer.tests.stores.conftest import person, sighting
from services.recognizer.tests.stores.store_backends import SIGHTING_LIFETIME


def identified(number: int, *, label: str | None = None) -> Sighting:
    """Return a sighting with an id as the service gives it, and a crop."""
    one = sighting(number, label=label, minutes=number)
    update = {"id": sighting_id(one.captured_at, [str(number)]), "crop": f"{number:032x}"}
    return one.model_copy(update=update)


def test_a_sighting_is_found_by_its_id(stores: Stores) -> None:
    person(stores, "ada")
    added = [identified(1, label="ada"), identified(2), identified(3)]
    stores.sightings.add(added)
    for one in added:
        assert stores.sightings.find(one.id) == one


@pytest.mark.parametrize("wanted", ["f" * 32, "0" * 32, "x", "", "é" * 32, identified(9).id])
def test_a_missing_sighting_is_not_found(stores: Stores, wanted: str) -> None:
    stores.sightings.add([identified(1)])
    with pytest.raises(SightingNotFound):
        stores.sightings.find(wanted)


def test_an_expired_sighting_is_not_found(stores: Stores, clock: SettableClock) -> None:
    stores.sightings.add([identified(1)])
    clock.move(SIGHTING_LIFETIME + timedelta(seconds=1))
    with pytest.raises(SightingNotFound):
        stores.sightings.find(identified(1).id)
