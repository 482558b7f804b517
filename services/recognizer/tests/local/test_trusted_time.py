"""Test that a clock jump expires nothing at once; if it lasts, it counts a day later.

``move`` is time that passes, ``jump`` is the time of day alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from facecore.contract import Device
from recognizer.adapters.sqlite.database import Database
from recognizer.adapters.sqlite.expiry import CONFIRMED_AFTER, TrustedTime
from recognizer.adapters.sqlite.files import Reserve
from recognizer.domain.clock import Clocks
from services.recognizer.tests.service import NOON, Service, SettableClock, service_on
from services.recognizer.tests.unknown_people.test_crop_retention import at, unknown_people
from tests.support.fake_vision import picture_of

AHEAD = timedelta(days=400)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@contextmanager
def trusted(folder: Path, clock: SettableClock) -> Iterator[TrustedTime]:
    database = Database(folder / "recognizer.db", Reserve(folder / "reserve"))
    time = TrustedTime(database, Clocks(clock, clock.monotonic))
    yield time
    time.save()
    database.close()


def pass_hours(clock: SettableClock, time: TrustedTime, hours: int) -> datetime:
    """Let hours pass as a server sees them: it reads the clock now and then, also at the start."""
    time.now()
    for _ in range(hours):
        clock.move(HOUR)
        time.now()
    return time.now()


def fill(service: Service) -> None:
    """Store one of everything that expires."""
    service.recognize(picture_of(1, serial=1), captured_at=at(0), track="t1")
    (unknown_person,) = unknown_people(service)
    assert service.call("POST", f"/v1/unknown-people/{unknown_person['id']}/ignore").is_success
    service.recognize(picture_of(2, serial=2), captured_at=at(1), track="t2")
    headers = {"authorization": f"Bearer {service.device_token()}"}
    track = {
        "started_at": at(0),
        "ended_at": at(1),
        "frame_width": 640,
        "frame_height": 480,
        "boxes": [{"offset_ms": 0, "x": 1, "y": 1, "width": 9, "height": 9}],
    }
    assert service.http.put("/v1/tracks/t1", json=track, headers=headers).is_success


def everything(service: Service) -> dict[str, int]:
    """Return how many there are of each, as a reader sees it."""
    statistics = service.call("GET", "/v1/statistics").json()
    answers = {
        "sightings": service.call("GET", "/v1/sightings").json()["sightings"],
        "tracks": service.call("GET", "/v1/tracks?device=door").json()["tracks"],
        "unknown_people": service.call("GET", "/v1/unknown-people").json()["unknown_people"],
        "ignored": service.call("GET", "/v1/unknown-people/ignored").json()["ignored"],
        "audit": service.call("GET", "/v1/audit").json()["entries"],
        "days": [one for one in statistics["days"] if one["recognitions"]],
    }
    return {name: len(found) for name, found in answers.items()}


def on_disk(folder: Path, table: str) -> int:
    with closing(sqlite3.connect(folder / "recognizer.db")) as database:
        return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_a_jump_that_is_undone_deletes_nothing(tmp_path: Path) -> None:
    clock = SettableClock()
    with service_on(tmp_path, now=clock) as service:
        fill(service)
        before = everything(service)
        assert all(before.values())
        clock.jump(AHEAD)
        service.recognize(picture_of(3, serial=3), captured_at=at(2), track="t3")
        service.put_person("made-while-the-clock-was-ahead")
        clock.jump(-AHEAD)
        after = everything(service)
    assert {name: after[name] >= many for name, many in before.items()} == dict.fromkeys(
        before, True
    ), (before, after)


def test_a_jump_that_is_undone_after_restarts_deletes_nothing(tmp_path: Path) -> None:
    clock = SettableClock()
    with service_on(tmp_path, now=clock) as service:
        fill(service)
        before = everything(service)
    clock.jump(AHEAD)
    for serial in (3, 4):
        with service_on(tmp_path, now=clock, admin_token=service.admin_token) as ahead:
            ahead.recognize(picture_of(3, serial=serial), captured_at=at(serial), track="t3")
            ahead.put_person(f"made-ahead-{serial}")
        clock.move(MINUTE)
    clock.jump(-AHEAD)
    with service_on(tmp_path, now=clock, admin_token=service.admin_token) as back:
        after = everything(back)
    assert all(after[name] >= many for name, many in before.items()), (before, after)


@pytest.mark.parametrize("back", [timedelta(hours=2), timedelta(days=400)])
def test_a_clock_that_is_set_back_deletes_nothing_and_expiry_goes_on(
    tmp_path: Path, back: timedelta
) -> None:
    clock = SettableClock()
    with service_on(tmp_path, now=clock) as service:
        fill(service)
        before = everything(service)
        clock.jump(-back)
        service.recognize(picture_of(3, serial=3), captured_at=at(2), track="t3")
        assert everything(service)["sightings"] == before["sightings"] + 1
        clock.jump(back)
        for _ in range(100):
            clock.move(timedelta(days=1))
            service.recognize(picture_of(3, serial=4), captured_at=at(3), track="t3")
        assert everything(service)["sightings"] == 1
        assert on_disk(tmp_path, "sightings") == 1


def test_a_machine_that_was_off_for_months_expires_on_its_second_day(tmp_path: Path) -> None:
    clock = SettableClock()
    with service_on(tmp_path, now=clock) as service:
        fill(service)
    clock.jump(AHEAD)
    with service_on(tmp_path, now=clock, admin_token=service.admin_token) as later:
        assert everything(later)["sightings"] == 2
        clock.move(CONFIRMED_AFTER + HOUR)
        left = everything(later)
        assert (left["sightings"], left["tracks"], left["ignored"]) == (0, 0, 0)
        later.recognize(picture_of(3, serial=3), captured_at=at(2), track="t3")
        assert on_disk(tmp_path, "sightings") == 1


def test_a_machine_that_runs_an_hour_a_week_expires_too(tmp_path: Path) -> None:
    """Test that half a day counts of the week that it is off."""
    clock, behind = SettableClock(), []
    for _ in range(9):
        with trusted(tmp_path, clock) as time:
            clock.move(HOUR)
            behind.append(clock() - time.now())
        clock.jump(timedelta(days=7))
    assert max(behind) < timedelta(weeks=3)
    assert behind.count(timedelta(0)) >= 3


def test_a_machine_that_is_off_every_night_is_never_two_days_behind(tmp_path: Path) -> None:
    clock, behind = SettableClock(), []
    for _ in range(9):
        with trusted(tmp_path, clock) as time:
            for _ in range(8):
                behind.append(clock() - time.now())
                clock.move(HOUR)
        clock.jump(timedelta(hours=16))
    assert max(behind) < timedelta(days=2)


def test_a_clock_that_is_ahead_counts_once_it_has_run_for_a_day(tmp_path: Path) -> None:
    clock = SettableClock()
    with trusted(tmp_path, clock) as time:
        clock.jump(AHEAD)
        assert pass_hours(clock, time, 23) == NOON + timedelta(hours=23)
        assert pass_hours(clock, time, 1) == NOON + AHEAD + timedelta(hours=24)


def test_a_second_jump_begins_the_day_anew(tmp_path: Path) -> None:
    clock = SettableClock()
    with trusted(tmp_path, clock) as time:
        for _ in range(5):
            clock.jump(AHEAD)
            pass_hours(clock, time, 20)
        assert time.now() == NOON + timedelta(hours=100)


def test_the_day_goes_on_over_a_restart_and_a_jump_back_ends_it(tmp_path: Path) -> None:
    clock = SettableClock()
    with trusted(tmp_path, clock) as time:
        clock.jump(AHEAD)
        pass_hours(clock, time, 20)
    with trusted(tmp_path, clock) as time:
        assert time.now() < NOON + timedelta(days=1)
        assert pass_hours(clock, time, 4) == clock()
    clock.jump(AHEAD)
    with trusted(tmp_path, clock) as time:
        pass_hours(clock, time, 20)
    clock.jump(-AHEAD)
    with trusted(tmp_path, clock) as time:
        assert time.now() == clock()
        assert pass_hours(clock, time, 10) == clock()


@pytest.mark.parametrize("minutes", [-59, -1, 1, 59])
def test_a_small_correction_counts_at_once(tmp_path: Path, minutes: int) -> None:
    clock = SettableClock()
    with trusted(tmp_path, clock) as time:
        clock.move(timedelta(days=3))
        clock.jump(timedelta(minutes=minutes))
        assert time.now() == clock()


def test_the_time_advances_without_requests(tmp_path: Path) -> None:
    clock = SettableClock()
    with trusted(tmp_path, clock) as time:
        clock.move(timedelta(days=60))
        assert time.now() == clock()
    with trusted(tmp_path, clock) as time:
        assert time.now() == clock()


def test_sightings_made_while_the_clock_was_ahead_are_not_kept_for_years(tmp_path: Path) -> None:
    clock = SettableClock()
    with service_on(tmp_path, now=clock) as service:
        clock.jump(AHEAD)
        service.recognize(picture_of(1, serial=1), captured_at=at(0), track="t1")
        clock.jump(-AHEAD)
        for day in range(1, 100):
            clock.move(timedelta(days=1))
            service.recognize(picture_of(2, serial=day), captured_at=at(day), track="t2")
            if day == 5:
                assert on_disk(tmp_path, "crops") == 2
        assert "t1" not in {one.track for one in service.sightings()}
        assert all(one["best"]["track"] == "t2" for one in unknown_people(service))
        assert on_disk(tmp_path, "crops") <= 1


def test_an_older_release_s_folder_is_opened_while_the_clock_is_ahead(tmp_path: Path) -> None:
    """Test that the newest row gives the time."""
    clock = SettableClock()
    with service_on(tmp_path, now=clock) as service:
        fill(service)
        before = everything(service)
    with closing(sqlite3.connect(tmp_path / "recognizer.db")) as database, database:
        database.execute("DELETE FROM meta WHERE key = 'trusted_time'")
    clock.jump(AHEAD)
    with service_on(tmp_path, now=clock, admin_token=service.admin_token) as ahead:
        ahead.recognize(picture_of(3, serial=3), captured_at=at(2), track="t3")
    clock.jump(-AHEAD)
    with service_on(tmp_path, now=clock, admin_token=service.admin_token) as back:
        after = everything(back)
    assert all(after[name] >= many for name, many in before.items()), (before, after)


def test_a_device_is_seen_again_after_the_clock_was_set_back(tmp_path: Path) -> None:
    clock = SettableClock()
    with service_on(tmp_path, now=clock) as service:
        token = service.device_token()

        def seen() -> Device:
            service.http.post(
                "/v1/recognitions",
                content=picture_of(1),
                headers={"authorization": f"Bearer {token}", "content-type": "image/jpeg"},
            )
            (device,) = service.call("GET", "/v1/devices").json()["devices"]
            return Device.model_validate(device)

        clock.jump(AHEAD)
        assert seen().last_seen_at == clock()
        clock.jump(-AHEAD)
        assert seen().last_seen_at == clock()


def test_hourly_work_is_done_after_the_clock_was_set_back(tmp_path: Path) -> None:
    """Test the deletion of expired data whose last run lies in the future by the time of day."""
    clock = SettableClock()
    with service_on(tmp_path, now=clock) as service:
        fill(service)
        clock.move(timedelta(days=89, hours=23, minutes=30))
        service.recognize(picture_of(3, serial=3), captured_at=at(2), track="t3")
        clock.jump(-timedelta(minutes=50))
        clock.move(timedelta(minutes=90))
        service.recognize(picture_of(3, serial=4), captured_at=at(3), track="t3")
        assert on_disk(tmp_path, "sightings") == 2
