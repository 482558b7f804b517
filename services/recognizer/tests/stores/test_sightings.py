"""``Sightings``, whatever the family."""

from __future__ import annotations

from datetime import timedelta

import pytest

from facecore.contract import Decision
from recognizer.errors import CursorInvalid
from recognizer.ports import SightingsWanted, Stores
from services.recognizer.tests.stores.conftest import NOON, person, sighting

ALL = SightingsWanted()


def ids(stores: Stores, wanted: SightingsWanted) -> list[int]:
    found = stores.sightings.list(wanted, after=None, limit=100).sightings
    return [int(one.id, 16) for one in found]


def test_a_sighting_is_read_as_it_was_added(stores: Stores) -> None:
    person(stores, "ada")
    added = [sighting(1, label="ada", minutes=1), sighting(2)]
    stores.sightings.add(added)
    assert stores.sightings.list(ALL, after=None, limit=9).sightings == added


def test_the_same_id_again_takes_its_place(stores: Stores) -> None:
    stores.sightings.add([sighting(1, device="door")])
    stores.sightings.add([sighting(1, device="gate")])
    (one,) = stores.sightings.list(ALL, after=None, limit=9).sightings
    assert one.device == "gate"


def test_pages_go_back_in_time_and_lose_none_of_one_moment(stores: Stores) -> None:
    stores.sightings.add([sighting(number, minutes=number // 3) for number in range(10)])
    seen, after = [], None
    while True:
        page = stores.sightings.list(ALL, after=after, limit=2)
        seen += [int(one.id, 16) for one in page.sightings]
        if (after := page.next) is None:
            break
    assert seen == list(range(9, -1, -1))


def test_each_filter_keeps_what_it_names(stores: Stores) -> None:
    person(stores, "ada")
    stores.sightings.add(
        [
            sighting(1, label="ada", minutes=1),
            sighting(2, device="gate", minutes=2),
            sighting(3, label="ada", device="gate", minutes=3),
        ]
    )
    assert ids(stores, SightingsWanted(label="ada")) == [3, 1]
    assert ids(stores, SightingsWanted(device="gate")) == [3, 2]
    assert ids(stores, SightingsWanted(decision=Decision.UNKNOWN)) == [2]
    assert ids(stores, SightingsWanted(label="ada", device="gate")) == [3]
    second = NOON + timedelta(minutes=2)
    assert ids(stores, SightingsWanted(since=second)) == [3, 2]
    assert ids(stores, SightingsWanted(until=second)) == [1]


def test_a_person_deleted_meanwhile_is_not_named(stores: Stores) -> None:
    stores.sightings.add([sighting(1, label="gone")])
    (one,) = stores.sightings.list(ALL, after=None, limit=9).sightings
    assert (one.label, one.decision, one.similarity) == (None, Decision.UNKNOWN, None)


@pytest.mark.parametrize("cursor", ["", "x", "ü", "AAAA", "MQ", "a" * 500, "IA"])
def test_a_cursor_of_somebody_else_s_is_refused(stores: Stores, cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        stores.sightings.list(ALL, after=cursor, limit=9)
