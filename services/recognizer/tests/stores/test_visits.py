"""Test visits from the sightings of every store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from facecore.contract import Box, Decision, Sighting, Visit
from recognizer.domain.errors import CursorInvalid
from recognizer.domain.ports import SightingFilter, Stores
from recognizer.use_cases.visits import Visits
from services.recognizer.tests.stores.conftest import NOON, person, sighting

ALL = SightingFilter()


def seen(
    number: int, *, area: float = 900, similarity: float | None = None, **said: Any
) -> Sighting:
    """Return a sighting; one with a similarity and no label is uncertain."""
    one = sighting(number, **said)
    uncertain = similarity is not None and one.label is None
    return one.model_copy(
        update={
            "box": Box(x=1, y=2, width=area / 10, height=10),
            "decision": Decision.UNCERTAIN if uncertain else one.decision,
            "similarity": similarity,
            "took_ms": float(number),
        }
    )


def visits(stores: Stores, wanted: SightingFilter = ALL, limit: int = 50) -> list[Visit]:
    """Return the visits of all pages."""
    found: list[Visit] = []
    after = None
    while True:
        page = Visits(stores.sightings, stores.tracks).list(wanted, after=after, limit=limit)
        assert len(page.visits) <= limit
        found += page.visits
        if (after := page.next) is None:
            return found


def tracks(found: Sequence[Visit]) -> list[str | None]:
    return [one.track for one in found]


def test_a_visit_spans_its_first_sighting_to_its_last(stores: Stores) -> None:
    person(stores, "ada")
    stores.sightings.add(
        [
            seen(1, minutes=1),
            seen(2, minutes=2, label="ada", similarity=0.7),
            seen(3, minutes=3, label="ada", similarity=0.9),
            seen(4, minutes=4, similarity=0.5),
        ]
    )
    (one,) = visits(stores)
    assert (one.device, one.track, one.count) == ("door", "t1", 4)
    assert one.first_seen == NOON + timedelta(minutes=1)
    assert one.last_seen == NOON + timedelta(minutes=4)
    assert (one.decision, one.label, one.similarity) == (Decision.MATCH, "ada", 0.9)
    assert one.took_ms == 2.5
    assert one.best == seen(3, minutes=3, label="ada", similarity=0.9)


def test_the_newest_match_wins_then_uncertain_then_unknown(stores: Stores) -> None:
    for label in ("ada", "bob"):
        person(stores, label)
    stores.sightings.add(
        [
            seen(1, track="a", label="ada", similarity=0.9),
            seen(2, track="a", label="bob", similarity=0.7, minutes=1),
            seen(3, track="b", similarity=0.4, minutes=2),
            seen(4, track="b", minutes=3),
            seen(5, track="c", area=400, minutes=4),
            seen(6, track="c", area=700, minutes=5),
            seen(7, track="c", area=600, minutes=6),
        ]
    )
    c, b, a = visits(stores)
    assert (a.decision, a.label, a.similarity) == (Decision.MATCH, "bob", 0.7)
    assert (b.decision, b.label, b.similarity) == (Decision.UNCERTAIN, None, 0.4)
    assert (c.decision, c.label, c.similarity) == (Decision.UNKNOWN, None, None)
    assert [int(one.best.id, 16) for one in (a, b, c)] == [2, 3, 6]


def test_without_a_track_each_sighting_is_a_visit(stores: Stores) -> None:
    stores.sightings.add([seen(n, track=None, minutes=n) for n in range(3)])
    assert [one.count for one in visits(stores)] == [1, 1, 1]


def test_the_same_track_of_two_devices_is_two_visits(stores: Stores) -> None:
    stores.sightings.add([seen(n, device=f"d{n % 2}", minutes=n) for n in range(4)])
    assert [(one.device, one.count) for one in visits(stores)] == [("d1", 2), ("d0", 2)]


def test_another_person_in_a_visit_s_picture_is_another_visit(stores: Stores) -> None:
    """Test that the device's track counts for the face it follows, the largest."""
    for label in ("ada", "bob"):
        person(stores, label)
    stores.sightings.add(
        [
            seen(1, label="bob", similarity=0.9, area=400, minutes=1),
            seen(2, label="ada", similarity=0.8, area=900, minutes=1),
            seen(3, label="ada", similarity=0.7, area=900, minutes=2),
        ]
    )
    assert sorted((one.label, one.count) for one in visits(stores)) == [("ada", 2), ("bob", 1)]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_a_page_end_splits_no_visit(stores: Stores, limit: int) -> None:
    """Test twelve visits of five sightings, four under way at any time."""
    stores.sightings.add(
        [
            seen(number * 5 + nth, track=f"v{number}", minutes=number + nth * 0.8)
            for number in range(12)
            for nth in range(5)
        ]
    )
    found = visits(stores, limit=limit)
    assert tracks(found) == [f"v{number}" for number in range(11, -1, -1)]
    assert {one.count for one in found} == {5}


@pytest.mark.parametrize("limit", [1, 3, 50])
def test_filters_are_about_visits_and_leave_them_whole(stores: Stores, limit: int) -> None:
    for label in ("ada", "bob"):
        person(stores, label)
    stores.sightings.add(
        [
            seen(1, track="ada", minutes=0),
            seen(2, track="ada", minutes=1, label="ada", similarity=0.8),
            seen(3, track="ada", minutes=2),
            seen(4, track="bob", minutes=3, label="ada", similarity=0.8, device="gate"),
            seen(5, track="bob", minutes=4, label="bob", similarity=0.8, device="gate"),
            seen(6, track="who", minutes=5),
            seen(7, track="who", minutes=6, similarity=0.5),
            seen(8, track="nobody", minutes=7),
            seen(9, track="nobody", minutes=8),
        ]
    )

    def found(**wanted: Any) -> list[tuple[str | None, int]]:
        return [(one.track, one.count) for one in visits(stores, SightingFilter(**wanted), limit)]

    assert found() == [("nobody", 2), ("who", 2), ("bob", 2), ("ada", 3)]
    assert found(label="ada") == [("ada", 3)]
    assert found(label="bob") == [("bob", 2)]
    assert found(device="gate") == [("bob", 2)]
    assert found(decision=Decision.MATCH) == [("bob", 2), ("ada", 3)]
    assert found(decision=Decision.UNCERTAIN) == [("who", 2)]
    assert found(decision=Decision.UNKNOWN) == [("nobody", 2)]
    second, eighth = NOON + timedelta(minutes=2), NOON + timedelta(minutes=8)
    assert found(since=second, until=eighth) == [("nobody", 2), ("who", 2), ("bob", 2), ("ada", 3)]
    assert found(since=eighth) == [("nobody", 2)]
    assert found(until=NOON + timedelta(minutes=1)) == [("ada", 3)]


@pytest.mark.exhaustive
def test_a_very_long_visit_is_listed_once(stores: Stores) -> None:
    """Test a visit longer than a page of the store and than all that one request reads."""
    stores.sightings.add([seen(n, minutes=n / 60, track="long") for n in range(600)])
    stores.sightings.add([seen(1000, minutes=-1, track="before")])
    assert [(one.track, one.count) for one in visits(stores, limit=20)] == [
        ("long", 600),
        ("before", 1),
    ]


def test_nobody_seen_is_no_visit(stores: Stores) -> None:
    assert visits(stores) == []
    with pytest.raises(CursorInvalid):
        Visits(stores.sightings, stores.tracks).list(ALL, after="not a cursor", limit=9)
