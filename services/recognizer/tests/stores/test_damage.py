"""Test on every store that an unreadable value costs that value, never the list."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from facecore.contract import (
    AuditAction,
    AuditDetail,
    AuditEntry,
    AuditOutcome,
    Device,
    PersonUpdate,
    Track,
    TrackBox,
)
from recognizer.domain.people import PeopleSearch
from recognizer.domain.ports import (
    AuditFilter,
    DayCounters,
    IgnoredFace,
    KeptSession,
    SightingFilter,
    Stores,
    TrackFilter,
    VideoFilter,
)
from services.recognizer.tests.stores.conftest import (
    NOON,
    add,
    crop,
    crops_of,
    face,
    person,
    sighting,
    video,
)
from services.recognizer.tests.stores.damage import Damage, damage_of
from services.recognizer.tests.stores.test_devices import STATUS

SECRET = "nobody-may-log-this"
NO_JSON = f'{{"{SECRET}'


@pytest.fixture
def store_kind(request: pytest.FixtureRequest) -> str:
    name: str = request.node.callspec.params["stores"]
    return name


@pytest.fixture
def damage(stores: Stores, store_kind: str, tmp_path: Path) -> Damage:
    return damage_of(store_kind, tmp_path)


@pytest.fixture(autouse=True)
def warned(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """Return a function that gives the kinds of rows in the warnings; no warning shows content."""
    caplog.set_level(logging.WARNING, "recognizer.adapters.damage")

    def kinds() -> list[str]:
        records = [one for one in caplog.records if one.name == "recognizer.adapters.damage"]
        assert SECRET not in str([vars(record) for record in records])
        return [vars(record)["kind"] for record in records]

    return kinds


LATE = STATUS.model_dump_json().replace("2026-11-22", "3000-01-01")
"""A report as it was stored before times were held to their bounds in UTC."""


def test_a_device_whose_status_can_t_be_read_is_listed_without_it(
    stores: Stores,
    damage: Damage,
    warned: Callable[[], list[str]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    name = uuid4().hex
    for number, device in enumerate((name, "gate")):
        stores.devices.add(Device(name=device, created_at=NOON), f"{number}" * 64)
        stores.devices.report(device, STATUS, NOON)
    for status in (LATE, NO_JSON, "null", "[]", b"\xff", 7):
        damage("devices", "0" * 64, "status", status)
        listed = {device.name: device.status for device in stores.devices.list()}
        assert listed == {name: None, "gate": STATUS}
        found = stores.devices.find("0" * 64)
        assert (found and found.name, found and found.status) == (name, None)
    assert warned() == ["device"], "once"
    assert "the device's next report replaces it" in caplog.text
    assert "backup" not in caplog.text
    stores.devices.report(name, STATUS, NOON)
    assert {device.status for device in stores.devices.list()} == {STATUS}


@pytest.mark.parametrize("field", ["created_at", "last_seen_at", "status_at"])
def test_a_device_whose_times_can_t_be_read_is_listed(
    stores: Stores, damage: Damage, field: str
) -> None:
    stores.devices.add(Device(name="door", created_at=NOON), "a" * 64)
    stores.devices.touch("door", NOON)
    stores.devices.report("door", STATUS, NOON)
    for value in ("yesterday", 2**62, -(2**62)):
        damage("devices", "a" * 64, field, value)
        (door,) = stores.devices.list()
        assert (door.name, door.status) == ("door", STATUS)
        assert stores.devices.find("a" * 64) == door
    stores.devices.remove("door")
    assert stores.devices.list() == []


def test_a_person_whose_attributes_can_t_be_read_is_listed_without_them(
    stores: Stores, damage: Damage, warned: Callable[[], list[str]]
) -> None:
    for label in ("ada", "bob"):
        stores.people.put(label, PersonUpdate(name=label, attributes={"year": 1815}), NOON)
    for attributes in (NO_JSON, "[1]", '{"a": {"b": 1}}', '{"a": NaN}'):
        damage("people", "ada", "attributes", attributes)
        people = stores.people.list(after=None, limit=10).people
        assert {one.label: one.attributes for one in people} == {"ada": {}, "bob": {"year": 1815}}
        assert stores.people.get("ada") == people[0]
    assert set(stores.people.known(["ada", "bob"])) == {"ada", "bob"}
    found = stores.people.list(after=None, limit=10, search=PeopleSearch("ada"))
    assert [one.label for one in found.people] == ["ada"]
    stores.people.put("ada", PersonUpdate(name="Ada", attributes={"year": 1852}), NOON)
    assert stores.people.get("ada").attributes == {"year": 1852}, "a new record replaces it"
    assert set(warned()) <= {"person"}


def test_a_person_s_other_values_have_a_default(
    stores: Stores, damage: Damage, store_kind: str
) -> None:
    person(stores, "ada")
    damage("people", "ada", "name", b"\xff" if store_kind == "local" else 7)
    damage("people", "ada", "created_at", "yesterday")
    damage("people", "ada", "updated_at", "9999-12-31T23:59:59-23:59")
    (ada,) = stores.people.list(after=None, limit=10).people
    assert ada.label == "ada"
    assert stores.people.delete("ada").receipt.records == 1


def of_body(store_kind: str, column: str) -> str:
    """Return where the value lies: a column of SQLite, the item's whole JSON in DynamoDB."""
    return column if store_kind == "local" else "body"


def test_a_sighting_that_can_t_be_read_is_left_out(
    stores: Stores, damage: Damage, store_kind: str
) -> None:
    person(stores, "ada")
    good, bad = sighting(1, label="ada"), sighting(2, label="ada", minutes=1)
    last = sighting(3, label="ada", minutes=-1)
    stores.sightings.add([good, bad, last])
    for value in ("{}", '{"x":0,"y":0,"width":5e-324,"height":1}', NO_JSON):
        damage("sightings", bad.id, of_body(store_kind, "box"), value)
        assert bad.id not in str(stores.sightings.list(SightingFilter(), after=None, limit=10))
    for wanted in (SightingFilter(), SightingFilter(label="ada"), SightingFilter(device="door")):
        assert stores.sightings.list(wanted, after=None, limit=10).sightings == [good, last]
        page = stores.sightings.list(wanted, after=None, limit=1)
        assert page.sightings == []
        assert page.next is not None, "the list goes on behind it"
        page = stores.sightings.list(wanted, after=page.next, limit=1)
        assert page.sightings == [good]
    assert stores.sightings.of_tracks([("door", "t1")], most=9)["door", "t1"] == [good, last]


def track(number: int, name: str = "t1") -> Track:
    return Track(
        device="door",
        track=name,
        received_at=NOON,
        started_at=NOON + timedelta(minutes=number),
        ended_at=NOON + timedelta(minutes=number + 1),
        frame_width=640,
        frame_height=480,
        boxes=[TrackBox(offset_ms=0, x=1, y=1, width=10, height=10)],
    )


def test_a_track_that_can_t_be_read_is_left_out(
    stores: Stores, damage: Damage, store_kind: str
) -> None:
    good, bad = track(1, "good"), track(2, "bad")
    for one in (good, bad):
        stores.tracks.put(one)
    table = "tracks" if store_kind == "local" else "sightings"
    wanted = TrackFilter("door", NOON, NOON + timedelta(hours=1))
    for value in ("{}", "[{}]", NO_JSON):
        damage(table, "bad", of_body(store_kind, "boxes"), value)
        assert stores.tracks.list(wanted, after=None, limit=10).tracks == [good]


def test_a_track_without_an_end_has_no_span(
    stores: Stores, damage: Damage, store_kind: str
) -> None:
    for one in (track(1, "good"), track(2, "bad")):
        stores.tracks.put(one)
    table, field = ("tracks", "ended_at") if store_kind == "local" else ("sightings", "ended")
    damage(table, "bad", field, 2**62)
    wanted = TrackFilter("door", NOON, NOON + timedelta(hours=1))
    assert {span.track for span in stores.tracks.spans([wanted])} == {"good"}


@pytest.mark.parametrize(
    ("field", "values"), [("face", (NO_JSON, "{}")), ("embedding", (b"\0", b"\xff" * 16, "text"))]
)
def test_a_crop_that_can_t_be_read_is_left_out(
    stores: Stores, damage: Damage, field: str, values: tuple[object, ...]
) -> None:
    person(stores, "ada")
    good, bad = crop(1), crop(2)
    hers, lost = crop(3, label="ada", visit=1), crop(4, label="ada", visit=1)
    for one in (good, bad, hers, lost):
        stores.crops.put(one, b"jpeg")
    for value in values:
        for one in (bad, lost):
            damage("crops", one.id, field, value)
        assert [one.id for one in stores.crops.unknown_people("m1", 10)] == [good.id]
        assert [one.id for one in stores.crops.of_visit(good.visit, None)] == [good.id]
        assert [one.id for one in crops_of(stores, "ada")] == [hers.id]


def test_an_ignored_face_that_can_t_be_read_is_left_out(
    stores: Stores, damage: Damage, store_kind: str
) -> None:
    good, bad = (IgnoredFace(f"{n:032x}", NOON, crop(n).embedding) for n in (1, 2))
    for one in (good, bad):
        stores.ignored.add(one, b"jpeg")
    table = "ignored_faces" if store_kind == "local" else "crops"
    damage(table, bad.id, "embedding", b"\0" * 5)
    assert [one.id for one in stores.ignored.list()] == [good.id]


def test_a_photo_that_can_t_be_read_is_left_out_and_can_be_removed(
    stores: Stores, damage: Damage, store_kind: str
) -> None:
    person(stores, "ada")
    good, bad = face("ada", 1), face("ada", 2)
    for one in (good, bad):
        add(stores, one)
    for value in ("{}", NO_JSON):
        damage("faces", bad.photo.id, "box" if store_kind == "local" else "photo", value)
        assert stores.faces.list("ada") == [good.photo]
    assert stores.faces.find("ada", bad.photo.id) is None
    assert [one.id for one in stores.faces.outdated("m2")] == [good.photo.id]
    stores.faces.remove("ada", bad.photo.id)
    assert stores.people.get("ada").photo_count == 1


def test_an_embedding_that_can_t_be_read_costs_one_face_of_the_gallery(
    stores: Stores, damage: Damage
) -> None:
    person(stores, "ada")
    for one in (face("ada", 1), face("ada", 2, axis=1)):
        add(stores, one)
    for value in (b"\0" * 12, b"\0", b"\xff" * 16, "text"):
        damage("faces", face("ada", 2).photo.id, "embedding", value)
        snapshot = stores.faces.snapshot("m1", 4)
        assert snapshot.face_ids == (f"ada/{1:032x}",)
        assert np.array_equal(snapshot.vectors, np.eye(4, dtype=np.float32)[:1])


def entry(number: int) -> AuditEntry:
    return AuditEntry(
        id=f"{number:032x}",
        at=NOON + timedelta(minutes=number),
        actor="admin",
        via="token",
        action=AuditAction.PERSON_DELETED,
        subject="ada",
        outcome=AuditOutcome.DONE,
        detail=AuditDetail(photos=number),
    )


def test_an_audit_entry_whose_detail_can_t_be_read_costs_no_other(
    stores: Stores, damage: Damage, store_kind: str
) -> None:
    good, bad = entry(1), entry(2)
    for one in (good, bad):
        stores.audit.append(one)
    damage(
        "audit" if store_kind == "local" else "devices",
        bad.id,
        of_body(store_kind, "detail"),
        NO_JSON,
    )
    listed = stores.audit.list(AuditFilter(), after=None, limit=10).entries
    assert listed[-1] == good
    assert [one.detail for one in listed[:-1]] in ([], [AuditDetail()])


def test_a_count_that_can_t_be_read_costs_no_other(
    stores: Stores, damage: Damage, store_kind: str
) -> None:
    day = NOON.date()
    stores.counters.add(DayCounters(day, {"requests": 7, "videos": 2}))
    stores.counters.add(DayCounters(day - timedelta(days=1), {"requests": 3}))
    if store_kind == "local":
        damage("counters", "videos", "count", "many")
    else:
        damage("devices", day.isoformat(), "videos", "many")
    assert stores.counters.list(day - timedelta(days=2), day) == [
        DayCounters(day - timedelta(days=1), {"requests": 3}),
        DayCounters(day, {"requests": 7}),
    ]


@pytest.mark.parametrize(
    ("column", "value"), [("state", "half"), ("duration_ms", "long"), ("started_at", 2**62)]
)
def test_a_video_that_can_t_be_read_is_left_out_and_can_be_announced_again(
    stores: Stores, damage: Damage, store_kind: str, column: str, value: object
) -> None:
    good, bad = video(1), video(2)
    for one in (good, bad):
        stores.videos.announce(one)
    damage(
        "videos", bad.key, of_body(store_kind, column), value if store_kind == "local" else NO_JSON
    )
    listed = stores.videos.list(VideoFilter(), after=None, limit=10).videos
    assert listed == [good]
    assert stores.videos.announce(bad) == (bad, True)
    assert stores.videos.get(bad.key) == bad


def test_a_session_that_can_t_be_read_does_not_exist(
    stores: Stores, damage: Damage, store_kind: str
) -> None:
    stores.sessions.add(KeptSession("a" * 64, "b" * 64, NOON, NOON + timedelta(hours=1)))
    damage(
        "sessions" if store_kind == "local" else "devices",
        "a" * 64,
        "expires_at" if store_kind == "local" else "ends_at",
        "later",
    )
    assert stores.sessions.find("a" * 64) is None


def test_invalid_utf_8_costs_only_its_own_characters(
    stores: Stores, damage: Damage, store_kind: str, tmp_path: Path
) -> None:
    """Test SQLite alone; DynamoDB takes no such text."""
    if store_kind != "local":
        pytest.skip("DynamoDB takes no such text")
    for label in ("ada", "bob"):
        person(stores, label)
    with closing(sqlite3.connect(tmp_path / "recognizer.db")) as connection, connection:
        connection.execute("UPDATE people SET name = CAST(x'41ff' AS TEXT) WHERE label = 'ada'")
    people = stores.people.list(after=None, limit=10).people
    assert [one.name for one in people] == ["A\ufffd", "bob"]
