"""Test ``Tracks`` on every store, and visits, which are as long as their tracks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from facecore.contract import Decision, Track, TrackBox
from recognizer.domain.errors import CursorInvalid
from recognizer.domain.ports import SightingFilter, Stores, TrackFilter, TrackSpan
from services.recognizer.tests.service import SettableClock
from services.recognizer.tests.stores.conftest import NOON, person, sighting
from services.recognizer.tests.stores.store_backends import SIGHTING_LIFETIME
from services.recognizer.tests.stores.test_visits import seen, visits

DOOR = TrackFilter("door")


def track(
    name: str, *, minutes: float = 0, lasts: float = 1, device: str = "door", boxes: int = 2
) -> Track:
    """Return a track that begins so many minutes after noon and lasts so many."""
    started_at = NOON + timedelta(minutes=minutes)
    return Track(
        device=device,
        track=name,
        received_at=NOON,
        started_at=started_at,
        ended_at=started_at + timedelta(minutes=lasts),
        frame_width=640,
        frame_height=480,
        boxes=[
            TrackBox(offset_ms=n * 200, x=-1.5 + n, y=2, width=30, height=40.5)
            for n in range(boxes)
        ],
    )


def names(stores: Stores, wanted: TrackFilter, limit: int = 50) -> list[str]:
    """Return the names of all pages' tracks."""
    found: list[str] = []
    after = None
    while True:
        page = stores.tracks.list(wanted, after=after, limit=limit)
        assert len(page.tracks) <= limit
        found += [one.track for one in page.tracks]
        if (after := page.next) is None:
            return found


def spans(stores: Stores, *wanted: TrackFilter) -> list[str]:
    return sorted(one.track for one in stores.tracks.spans(wanted))


def between(since: float, until: float, device: str = "door") -> TrackFilter:
    """Return the filter for a time range in minutes after noon."""
    return TrackFilter(device, NOON + timedelta(minutes=since), NOON + timedelta(minutes=until))


def test_a_track_is_read_as_it_was_put(stores: Stores) -> None:
    kept = track("a", boxes=300, lasts=60)
    stores.tracks.put(kept)
    assert stores.tracks.list(DOOR, after=None, limit=9).tracks == [kept]
    (span,) = stores.tracks.spans([DOOR])
    assert span == TrackSpan("door", "a", kept.started_at, kept.ended_at)


def test_a_later_report_replaces_a_track_of_any_length(stores: Stores) -> None:
    for minutes in (1, 9, 30, 300, 2):
        stores.tracks.put(track("a", lasts=minutes))
        for wanted in (DOOR, between(minutes - 0.5, minutes + 5)):
            (one,) = stores.tracks.list(wanted, after=None, limit=9).tracks
            assert one == track("a", lasts=minutes)
    assert names(stores, between(100, 200)) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_tracks_that_overlap_a_time_are_found_however_long_they_last(
    stores: Stores, limit: int
) -> None:
    day = 24 * 60
    stores.tracks.put(track("day", minutes=-day + 5, lasts=day))
    stores.tracks.put(track("lesson", minutes=-40, lasts=45))
    stores.tracks.put(track("break", minutes=-40, lasts=20))
    stores.tracks.put(track("before", minutes=-1, lasts=0.9))
    stores.tracks.put(track("until", minutes=-10, lasts=10))
    stores.tracks.put(track("in", minutes=1, lasts=1))
    stores.tracks.put(track("out", minutes=4, lasts=60))
    stores.tracks.put(track("after", minutes=5))
    stores.tracks.put(track("elsewhere", minutes=1, device="gate"))
    assert names(stores, between(0, 5), limit) == ["out", "in", "until", "lesson", "day"]
    assert names(stores, between(-60, -30), limit) == ["lesson", "break", "day"]
    assert spans(stores, between(4.5, 4.6)) == ["day", "lesson", "out"]


def test_a_track_that_overlaps_several_times_is_listed_once(stores: Stores) -> None:
    day = 24 * 60
    stores.tracks.put(track("day", minutes=-60, lasts=day))
    stores.tracks.put(track("morning", minutes=0, lasts=15))
    stores.tracks.put(track("noon", minutes=200))
    stores.tracks.put(track("between", minutes=250))
    stores.tracks.put(track("evening", minutes=400, lasts=30))
    stores.tracks.put(track("next-week", minutes=7 * day))
    stores.tracks.put(track("gate", minutes=200, device="gate"))
    stores.tracks.put(track("gate-long", minutes=190, lasts=20, device="gate"))
    assert spans(stores) == []
    assert spans(stores, between(5, 6), between(200, 201), between(420, 421)) == [
        "day",
        "evening",
        "morning",
        "noon",
    ]
    assert spans(stores, between(5, 6), between(5.5, 7)) == ["day", "morning"]
    assert spans(stores, between(7 * day, 7 * day + 1), between(200, 201, "gate")) == [
        "gate",
        "gate-long",
        "next-week",
    ]
    assert spans(stores, between(-500, -499), between(9, 9), between(9, 3)) == ["day", "morning"]
    assert len(spans(stores, DOOR, TrackFilter("gate"))) == 8


def test_each_of_many_times_is_searched(stores: Stores) -> None:
    for number in range(40):
        stores.tracks.put(track(f"t{number:02}", minutes=number * 120, lasts=5 + number % 20))
    times = [between(number * 120 + 4, number * 120 + 4.1) for number in range(40)]
    assert spans(stores, *times) == [f"t{number:02}" for number in range(40)]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 10])
def test_pages_go_back_in_time_and_lose_none_of_one_moment(stores: Stores, limit: int) -> None:
    for number in range(10):
        stores.tracks.put(track(f"t{number}", minutes=number // 3, lasts=15))
    expected = [f"t{number}" for number in range(9, -1, -1)]
    assert names(stores, DOOR, limit) == expected
    assert names(stores, between(1, 90), limit) == expected


def test_a_cursor_of_another_list_is_refused(stores: Stores) -> None:
    with pytest.raises(CursorInvalid):
        stores.tracks.list(DOOR, after="not a cursor", limit=9)


def test_tracks_are_kept_as_long_as_sightings(stores: Stores, clock: SettableClock) -> None:
    stores.tracks.put(track("a", lasts=30))
    late = track("b", lasts=30).model_copy(update={"received_at": NOON + timedelta(days=1)})
    stores.tracks.put(late)
    clock.move(SIGHTING_LIFETIME + timedelta(seconds=1))
    assert names(stores, DOOR) == ["b"]
    assert names(stores, between(20, 40)) == ["b"]


def test_tracks_are_no_sightings_and_belong_to_nobody(stores: Stores) -> None:
    person(stores, "ada")
    person(stores, "bob")
    stores.sightings.add([sighting(1, label="ada", track="a")])
    stores.tracks.put(track("a", lasts=30))
    for wanted in (
        SightingFilter(),
        SightingFilter(device="door"),
        SightingFilter(label="ada"),
    ):
        assert len(stores.sightings.list(wanted, after=None, limit=9).sightings) == 1
    assert len(stores.sightings.of_tracks([("door", "a")], most=9)["door", "a"]) == 1
    assert stores.people.merge("ada", "bob", NOON).sightings == 1
    assert stores.people.delete("bob").receipt.sightings == 1
    assert stores.sightings.list(SightingFilter(), after=None, limit=9).sightings == []
    assert names(stores, DOOR) == ["a"]


def test_a_visit_is_as_long_as_its_track(stores: Stores) -> None:
    person(stores, "ada")
    stores.sightings.add(
        [
            seen(1, track="a", minutes=1, label="ada", similarity=0.9),
            seen(2, track="b", minutes=2),
            seen(3, track="c", minutes=300),
            seen(4, track=None, minutes=301),
            seen(5, track="a", minutes=2, device="gate"),
        ]
    )
    stores.tracks.put(track("a", minutes=0.5, lasts=20))
    stores.tracks.put(track("a", minutes=100, lasts=20))
    stores.tracks.put(track("c", minutes=200, lasts=100))
    found = visits(stores)
    assert visits(stores, limit=1) == found
    assert [one.count for one in found] == [1] * 5
    minute = timedelta(minutes=1)
    times = {
        (one.device, one.track): ((one.first_seen - NOON) / minute, (one.last_seen - NOON) / minute)
        for one in found
    }
    assert times == {
        ("door", None): (301, 301),
        ("door", "c"): (200, 300),
        ("door", "b"): (2, 2),
        ("gate", "a"): (2, 2),
        ("door", "a"): (0.5, 20.5),
    }


def test_a_filter_by_time_uses_the_requests_not_the_track(stores: Stores) -> None:
    stores.sightings.add([seen(1, track="a", minutes=1)])
    stores.tracks.put(track("a", minutes=0, lasts=60))
    late = SightingFilter(since=NOON + timedelta(minutes=30))
    assert visits(stores, late) == []
    (one,) = visits(stores, SightingFilter(until=NOON + timedelta(minutes=2)))
    assert one.last_seen == NOON + timedelta(minutes=60)


def test_somebody_else_in_the_picture_does_not_stay_as_long(stores: Stores) -> None:
    person(stores, "ada")
    stores.sightings.add(
        [
            seen(1, area=400, minutes=1),
            seen(2, label="ada", similarity=0.8, area=900, minutes=1),
        ]
    )
    stores.tracks.put(track("t1", minutes=0, lasts=60))
    lasted = {one.label: one.last_seen - one.first_seen for one in visits(stores)}
    assert lasted == {"ada": timedelta(minutes=60), None: timedelta()}


@pytest.mark.parametrize("wanted", [SightingFilter(), SightingFilter(decision=Decision.UNKNOWN)])
def test_visits_far_apart_and_near_are_as_long_as_their_tracks(
    stores: Stores, wanted: SightingFilter
) -> None:
    starts = [0, 3, 40, 150, 400, 1500, 1501]
    for number, minutes in enumerate(starts):
        stores.sightings.add([seen(number, track=f"t{number}", minutes=minutes + 1)])
        stores.tracks.put(track(f"t{number}", minutes=minutes, lasts=2 + number * 5))
    lasted = [one.last_seen - one.first_seen for one in visits(stores, wanted)]
    assert lasted == [timedelta(minutes=2 + number * 5) for number in range(6, -1, -1)]
