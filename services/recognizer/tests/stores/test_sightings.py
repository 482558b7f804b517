"""Test ``Sightings`` on every store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from facecore.contract import Decision
from recognizer.domain.errors import CursorInvalid
from recognizer.domain.ports import SightingFilter, Stores, TrackName
from services.recognizer.tests.service import SettableClock
from services.recognizer.tests.stores.conftest import NOON, person, sighting
from services.recognizer.tests.stores.store_backends import SIGHTING_LIFETIME

ALL = SightingFilter()


def ids(stores: Stores, wanted: SightingFilter, limit: int = 100) -> list[int]:
    """Return the ids of all pages. Check the limit, and that each page but the last has more."""
    seen: list[int] = []
    after = None
    while True:
        page = stores.sightings.list(wanted, after=after, limit=limit)
        assert len(page.sightings) <= limit
        seen += [int(one.id, 16) for one in page.sightings]
        if (after := page.next) is None:
            return seen


def of_tracks(stores: Stores, tracks: Sequence[TrackName], most: int = 100) -> list[list[int]]:
    found = stores.sightings.of_tracks(tracks, most=most)
    assert list(found) == list(tracks)
    return [[int(one.id, 16) for one in sightings] for sightings in found.values()]


def test_a_sighting_is_read_as_it_was_added(stores: Stores) -> None:
    person(stores, "ada")
    added = [sighting(1, label="ada", minutes=1), sighting(2)]
    stores.sightings.add(added)
    assert stores.sightings.list(ALL, after=None, limit=9).sightings == added


def test_the_same_id_again_replaces_the_sighting(stores: Stores) -> None:
    for name in ("ada", "bob"):
        person(stores, name)
    labels: tuple[str | None, ...] = (None, "ada", "bob", "bob", None, "ada")
    for label in labels:
        stores.sightings.add([sighting(1, label=label)])
        (one,) = stores.sightings.list(ALL, after=None, limit=9).sightings
        assert one == sighting(1, label=label)
        for other in ("ada", "bob"):
            assert ids(stores, SightingFilter(label=other)) == ([1] if other == label else [])


def test_one_id_twice_in_one_call_keeps_the_last(stores: Stores) -> None:
    person(stores, "ada")
    stores.sightings.add([sighting(1, label="ada"), sighting(2), sighting(1)])
    assert ids(stores, ALL) == [2, 1]
    assert ids(stores, SightingFilter(label="ada")) == []


@pytest.mark.parametrize("decided", [None, "bob"])
@pytest.mark.parametrize("again", [None, "ada", "eve", "gone"])
def test_a_correction_outlives_the_same_request_sent_again(
    stores: Stores, decided: str | None, again: str | None
) -> None:
    for name in ("ada", "bob", "eve"):
        person(stores, name)
    stores.sightings.add([sighting(1, label="ada"), sighting(2, label="ada")])
    stores.sightings.correct([sighting(1, label=decided)])
    stores.sightings.add([sighting(1, label=again), sighting(2, label=again)])
    kept = {one.id: one.label for one in stores.sightings.list(ALL, after=None, limit=9).sightings}
    assert kept[sighting(1).id] == decided
    assert kept[sighting(2).id] == (None if again == "gone" else again)
    assert 1 not in ids(stores, SightingFilter(label="ada"))
    assert (1 in ids(stores, SightingFilter(label="bob"))) == (decided == "bob")


def test_a_correction_can_be_corrected(stores: Stores) -> None:
    for name in ("ada", "bob"):
        person(stores, name)
    labels: tuple[str | None, ...] = ("ada", None, "bob", "bob", "gone", "ada")
    for label in labels:
        stores.sightings.correct([sighting(1, label=label)])
        (one,) = stores.sightings.list(ALL, after=None, limit=9).sightings
        assert one.label == (None if label == "gone" else label)
        for other in ("ada", "bob"):
            assert ids(stores, SightingFilter(label=other)) == ([1] if other == label else [])


def test_a_merge_outlives_the_same_request_sent_again(stores: Stores) -> None:
    for name in ("zoe", "bob"):
        person(stores, name)
    stores.sightings.add([sighting(1, label="zoe")])
    stores.people.merge("zoe", "bob", NOON)
    stores.sightings.add([sighting(1, label="zoe")])
    assert ids(stores, SightingFilter(label="bob")) == [1]


def test_a_correction_is_known(stores: Stores) -> None:
    for name in ("ada", "zoe"):
        person(stores, name)
    stores.sightings.add([sighting(n, label="zoe" if n == 3 else "ada") for n in (1, 2, 3)])
    stores.sightings.correct([sighting(2)])
    stores.people.merge("zoe", "ada", NOON)
    corrected = [stores.sightings.is_corrected(sighting(number)) for number in (1, 2, 3, 4)]
    assert corrected == [False, True, True, False]


def test_many_are_added_and_listed_at_once(stores: Stores) -> None:
    person(stores, "ada")
    added = [sighting(n, label="ada" if n % 2 else None, minutes=n) for n in range(120)]
    stores.sightings.add(added)
    assert ids(stores, ALL, limit=50) == list(range(119, -1, -1))
    assert ids(stores, SightingFilter(label="ada"), limit=7) == list(range(119, 0, -2))


def test_pages_go_back_in_time_and_lose_none_of_one_moment(stores: Stores) -> None:
    stores.sightings.add([sighting(number, minutes=number // 3) for number in range(10)])
    for limit in (1, 2, 3, 5, 10):
        assert ids(stores, ALL, limit=limit) == list(range(9, -1, -1))


@pytest.mark.parametrize("wanted", [ALL, SightingFilter(device="door")], ids=["all", "device"])
def test_a_page_is_full_and_the_last_one_says_so(stores: Stores, wanted: SightingFilter) -> None:
    stores.sightings.add([sighting(number, minutes=number) for number in range(6)])
    first = stores.sightings.list(wanted, after=None, limit=3)
    last = stores.sightings.list(wanted, after=first.next, limit=3)
    assert (len(first.sightings), first.next is None) == (3, False)
    assert (len(last.sightings), last.next is None) == (3, True)


def test_filters_and_pages_go_together(stores: Stores) -> None:
    person(stores, "ada")
    stores.sightings.add(
        [
            sighting(
                n, label="ada" if n % 3 else None, device="gate" if n % 2 else "door", minutes=n
            )
            for n in range(24)
        ]
    )
    since, until = NOON + timedelta(minutes=5), NOON + timedelta(minutes=17)
    between = SightingFilter(since=since, until=until)
    named = SightingFilter(decision=Decision.MATCH)
    both = SightingFilter(label="ada", device="gate", since=since, until=until)
    for limit in (1, 2, 5):
        assert ids(stores, between, limit=limit) == list(range(16, 4, -1))
        assert ids(stores, named, limit=limit) == [n for n in range(23, -1, -1) if n % 3]
        assert ids(stores, both, limit=limit) == [13, 11, 7, 5]


def test_an_empty_time_range_has_no_sighting(stores: Stores) -> None:
    stores.sightings.add([sighting(1)])
    assert ids(stores, SightingFilter(since=NOON + timedelta(days=1), until=NOON)) == []


def test_a_sighting_expires(stores: Stores, clock: SettableClock) -> None:
    person(stores, "ada")
    stores.sightings.add([sighting(1, label="ada"), sighting(2, minutes=9)])
    clock.move(SIGHTING_LIFETIME - timedelta(seconds=1))
    assert ids(stores, ALL) == [2, 1]
    clock.move(timedelta(seconds=2))
    assert ids(stores, ALL) == []
    assert ids(stores, SightingFilter(label="ada")) == []
    fresh = sighting(3).model_copy(update={"received_at": clock()})
    stores.sightings.add([fresh])
    assert stores.sightings.list(ALL, after=None, limit=9).sightings == [fresh]


@pytest.mark.parametrize("days", [-400, 400])
def test_a_device_s_clock_does_not_decide_how_long_a_sighting_is_kept(
    stores: Stores, clock: SettableClock, days: int
) -> None:
    stores.sightings.add([sighting(1, minutes=days * 24 * 60)])
    clock.move(SIGHTING_LIFETIME - timedelta(seconds=1))
    assert ids(stores, ALL) == [1]
    clock.move(timedelta(seconds=2))
    assert ids(stores, ALL) == []


def test_each_filter_keeps_what_it_names(stores: Stores) -> None:
    person(stores, "ada")
    stores.sightings.add(
        [
            sighting(1, label="ada", minutes=1),
            sighting(2, device="gate", minutes=2),
            sighting(3, label="ada", device="gate", minutes=3),
        ]
    )
    assert ids(stores, SightingFilter(label="ada")) == [3, 1]
    assert ids(stores, SightingFilter(device="gate")) == [3, 2]
    assert ids(stores, SightingFilter(decision=Decision.UNKNOWN)) == [2]
    assert ids(stores, SightingFilter(label="ada", device="gate")) == [3]
    second = NOON + timedelta(minutes=2)
    assert ids(stores, SightingFilter(since=second)) == [3, 2]
    assert ids(stores, SightingFilter(until=second)) == [1]


def test_a_person_deleted_meanwhile_is_not_named(stores: Stores) -> None:
    stores.sightings.add([sighting(1, label="gone")])
    (one,) = stores.sightings.list(ALL, after=None, limit=9).sightings
    assert (one.label, one.decision, one.similarity) == (None, Decision.UNKNOWN, None)


def test_a_replacing_sighting_is_not_named_after_the_person_s_deletion(
    stores: Stores,
) -> None:
    person(stores, "ada")
    stores.sightings.add([sighting(1, label="ada"), sighting(2)])
    stores.people.delete("ada")
    stores.sightings.add([sighting(1, label="ada"), sighting(2, label="ada")])
    assert ids(stores, ALL) == [2, 1]
    assert ids(stores, SightingFilter(label="ada")) == []
    assert ids(stores, SightingFilter(decision=Decision.UNKNOWN)) == [2, 1]


def test_the_picture_s_size_and_the_time_it_took_are_kept_or_none(stores: Stores) -> None:
    measured = sighting(1).model_copy(
        update={"image_width": 1280, "image_height": 720, "took_ms": 41.25}
    )
    stores.sightings.add([measured, sighting(2)])
    assert stores.sightings.list(ALL, after=None, limit=9).sightings == [sighting(2), measured]
    assert (sighting(2).image_width, sighting(2).took_ms) == (None, None)


def test_a_track_s_newest_sightings_of_its_device_are_read(stores: Stores) -> None:
    person(stores, "ada")
    stores.sightings.add(
        [
            sighting(n, label="ada" if n % 2 else None, device=device, minutes=n // 4, track=track)
            for n, (device, track) in enumerate(
                [("door", "a"), ("door", "b"), ("gate", "a"), ("door", "a"), ("door", None)] * 3
            )
        ]
    )
    tracks = [("door", "a"), ("gate", "a"), ("gate", "b"), ("door", "b")]
    assert of_tracks(stores, tracks) == [[13, 10, 8, 5, 3, 0], [12, 7, 2], [], [11, 6, 1]]
    assert of_tracks(stores, tracks, most=2) == [[13, 10], [12, 7], [], [11, 6]]
    assert of_tracks(stores, tracks[1:2]) == [[12, 7, 2]]
    assert of_tracks(stores, []) == []


def test_each_of_many_tracks_has_its_own_sightings(stores: Stores) -> None:
    """Test more tracks than are read in parallel."""
    stores.sightings.add([sighting(n, minutes=n, track=f"t{n % 30}") for n in range(90)])
    tracks = [("door", f"t{n}") for n in range(30)]
    assert of_tracks(stores, tracks) == [[60 + n, 30 + n, n] for n in range(30)]


def test_a_track_s_sightings_expire_one_by_one(stores: Stores, clock: SettableClock) -> None:
    later = sighting(2, minutes=2).model_copy(update={"received_at": NOON + timedelta(days=1)})
    stores.sightings.add([sighting(1), later])
    clock.move(SIGHTING_LIFETIME + timedelta(seconds=1))
    assert of_tracks(stores, [("door", "t1")]) == [[2]]


@pytest.mark.parametrize("cursor", ["", "x", "ü", "AAAA", "MQ", "a" * 500, "IA"])
def test_an_invalid_cursor_is_refused(stores: Stores, cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        stores.sightings.list(ALL, after=cursor, limit=9)
