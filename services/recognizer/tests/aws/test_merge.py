"""Test a merge on DynamoDB and S3: killed at any step, and with concurrent writes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import count

import pytest

from facecore.contract import Decision, DeletionReceipt, MergeReceipt, PersonUpdate
from recognizer.adapters.aws import open_aws
from recognizer.domain.errors import GalleryMoved, PersonNotFound
from recognizer.domain.ports import FaceAdded, PersonRemoved, SightingFilter, Stores
from recognizer.settings import Settings
from services.recognizer.tests.aws.fault_injection import (
    Killed,
    interrupted_after,
    killable_process,
)
from services.recognizer.tests.aws.test_deletion import traces
from services.recognizer.tests.service import SettableClock
from services.recognizer.tests.stores.conftest import (
    NOON,
    add,
    crop,
    crops_of,
    face,
    person,
    sighting,
)
from tests.support.moto import Moto

ANALYSIS_S = 0.05
"""Seconds between two photos of one process: at least the analysis of one."""

LATER = NOON + timedelta(days=1)
RECEIPT = MergeReceipt(
    label="zoe", into="bob", created=False, photos=2, same_photos=1, sightings=2, attributes=1
)
MOST_WRITES = 60
"""An upper bound: this merge takes fewer writes, so each of its steps is tried."""


def fill(stores: Stores) -> None:
    """Store Zoe with photos, one of which Bob has too, sightings, and a place in the snapshot."""
    stores.people.put("zoe", PersonUpdate(name="Z.", attributes={"year": 1}), NOON)
    stores.people.put("bob", PersonUpdate(name="B."), NOON)
    for number in range(3):
        add(stores, face("zoe", number, axis=1))
    add(stores, face("bob", 0, axis=1))
    add(stores, face("bob", 9, axis=2))
    stores.faces.remove("bob", face("bob", 9).photo.id)  # a removal makes a snapshot
    add(stores, face("bob", 10, axis=2))
    stores.faces.snapshot("m1", 4)
    stores.sightings.add([sighting(n, label="zoe", minutes=n) for n in range(2)])
    stores.sightings.add([sighting(9, label="bob", minutes=9)])
    for number, label in enumerate(("zoe", "zoe", "bob")):
        stores.crops.put(crop(number, label=label), b"jpeg")


def check_merged(aws: Moto, stores: Stores) -> None:
    """Check that everything is Bob's and nothing of Zoe is left."""
    bob = stores.people.get("bob")
    assert (bob.name, bob.attributes, bob.photo_count) == ("B.", {"year": 1}, 4)
    photos = stores.faces.list("bob")
    assert {stores.faces.picture("bob", one.id) for one in photos} == {b"picture"}
    assert stores.faces.snapshot("m1", 4).labels == ("bob",) * 4
    for wanted in (SightingFilter(), SightingFilter(label="bob"), SightingFilter(device="door")):
        found = stores.sightings.list(wanted, after=None, limit=9).sightings
        assert [one.label for one in found] == ["bob"] * 3
    assert len(crops_of(stores, "bob")) == 3
    assert traces(aws, "zoe") == []
    objects = aws.s3().list_objects_v2(Bucket=aws.names.faces_bucket, Prefix="photos/")
    assert len({one["Key"] for one in objects["Contents"]}) >= 4


def kill_each_step(
    aws: Moto, clock: SettableClock, stores: Stores, check: Callable[[int], None]
) -> None:
    with killable_process(clock) as process:
        for step in range(MOST_WRITES):
            aws.renew()
            fill(stores)
            process.kill_before_write(step)
            try:
                process.stores.people.merge("zoe", "bob", LATER)
            except Killed:
                check(step)
            else:
                break
    assert 8 < step < MOST_WRITES - 1


@pytest.mark.exhaustive
def test_a_merge_killed_at_any_step_is_finished_by_the_next(
    aws: Moto, clock: SettableClock, stores: Stores
) -> None:
    def check(step: int) -> None:
        check_what_is_seen(stores, marked=step > 0)
        assert stores.people.merge("zoe", "bob", LATER) == RECEIPT
        check_merged(aws, stores)

    kill_each_step(aws, clock, stores, check)


def check_what_is_seen(stores: Stores, *, marked: bool) -> None:
    """Check that nothing has changed before the tombstone and nobody is called Zoe after it."""
    if not marked:
        assert stores.people.get("zoe").photo_count == 3
        assert stores.people.get("bob").attributes == {}
        return
    with pytest.raises(PersonNotFound):
        stores.people.get("zoe")
    with pytest.raises(PersonNotFound):
        add(stores, face("zoe", 7))
    assert stores.people.get("bob").attributes == {"year": 1}
    assert set(stores.faces.snapshot("m1", 4).labels) == {"bob"}


def target_is_put(aws: Moto, stores: Stores) -> None:
    stores.people.put("bob", PersonUpdate(name="B.", attributes={"year": 1}), LATER)
    check_merged(aws, stores)


def source_is_put(aws: Moto, stores: Stores) -> None:
    stores.people.put("zoe", PersonUpdate(name="another"), LATER)
    assert stores.people.get("zoe").photo_count == 0
    stores.people.delete("zoe")
    check_merged(aws, stores)


def target_is_deleted(aws: Moto, stores: Stores) -> None:
    """Delete Bob, with all that is being moved to him."""
    assert stores.people.delete("bob").receipt == DeletionReceipt(
        label="bob", records=1, photos=4, embeddings=4, sightings=3, crops=3
    )
    for label in ("zoe", "bob"):
        assert traces(aws, label) == []


def source_is_deleted(aws: Moto, stores: Stores) -> None:
    with pytest.raises(PersonNotFound):
        stores.people.delete("zoe")
    check_merged(aws, stores)


def target_is_merged(aws: Moto, stores: Stores) -> None:
    """Merge Bob into the source's label, which is free by then."""
    assert stores.people.merge("bob", "zoe", LATER).photos == 4
    assert stores.people.get("zoe").photo_count == 4
    assert traces(aws, "bob") == []
    found = stores.sightings.list(SightingFilter(), after=None, limit=9).sightings
    assert [one.label for one in found] == ["zoe"] * 3


NEXT = (target_is_put, source_is_put, target_is_deleted, source_is_deleted, target_is_merged)


@pytest.mark.exhaustive
def test_the_next_change_of_either_person_finishes_a_killed_merge(
    aws: Moto, clock: SettableClock, stores: Stores
) -> None:
    """Test each step with another of the five changes after it."""

    def check(step: int) -> None:
        if step > 0:
            NEXT[step % len(NEXT)](aws, stores)

    kill_each_step(aws, clock, stores, check)


@pytest.mark.parametrize(
    "operation",
    [
        "UpdateItem",
        *(
            pytest.param(other, marks=pytest.mark.exhaustive)
            for other in ("PutObject", "DeleteObjects")
        ),
    ],
)
def test_two_concurrent_merges_both_get_the_receipt_or_find_nobody(
    aws: Moto, clock: SettableClock, stores: Stores, operation: str
) -> None:
    fill(stores)
    receipts = []

    def other() -> None:
        receipts.append(stores.people.merge("zoe", "bob", LATER))

    with interrupted_after(operation, other, clock) as interrupted:
        receipts.append(interrupted.people.merge("zoe", "bob", LATER))
    assert receipts == [RECEIPT, RECEIPT]
    check_merged(aws, stores)


def test_a_late_merge_does_not_touch_a_new_person_of_the_label(
    aws: Moto, clock: SettableClock, stores: Stores
) -> None:
    """Test that another process finishes this merge and a new Zoe is enrolled in between."""
    fill(stores)

    def others() -> None:
        stores.people.merge("zoe", "bob", LATER)
        person(stores, "zoe")
        add(stores, face("zoe", 20, axis=3))
        stores.sightings.add([sighting(20, label="zoe", minutes=20)])

    with interrupted_after("UpdateItem", others, clock) as interrupted:
        assert interrupted.people.merge("zoe", "bob", LATER) == RECEIPT
    assert [photo.id for photo in stores.faces.list("zoe")] == [face("zoe", 20).photo.id]
    assert stores.faces.picture("zoe", face("zoe", 20).photo.id) == b"picture"
    wanted = SightingFilter(label="zoe")
    assert len(stores.sightings.list(wanted, after=None, limit=9).sightings) == 1
    assert sorted(stores.faces.snapshot("m1", 4).labels) == ["bob"] * 4 + ["zoe"]


def test_a_cached_gallery_follows_the_log(aws: Moto, clock: SettableClock, stores: Stores) -> None:
    """Test that it is followed change by change where no snapshot was renewed since."""
    for label in ("zoe", "bob"):
        person(stores, label)
    add(stores, face("zoe", 1, axis=1))
    add(stores, face("bob", 2, axis=2))
    held = stores.faces.version()
    with killable_process(clock) as process:
        process.kill_before_write(4)  # the tombstone, the counts, the copy and the move are done
        with pytest.raises(Killed):
            process.stores.people.merge("zoe", "bob", LATER)
    logged = stores.faces.changes(held, "m1")
    assert logged is not None
    removed, added = logged.changes
    assert removed == PersonRemoved("zoe")
    assert isinstance(added, FaceAdded)
    assert (added.label, added.face_id) == ("bob", f"bob/{face('bob', 1).photo.id}")


def test_a_sighting_that_moved_to_another_label_stays_there(
    aws: Moto, clock: SettableClock, stores: Stores
) -> None:
    fill(stores)
    person(stores, "eve")

    def again() -> None:
        stores.sightings.add([sighting(0, label="eve"), sighting(1, minutes=1)])

    with interrupted_after("UpdateItem", again, clock) as interrupted:
        interrupted.people.merge("zoe", "bob", LATER)
    found = stores.sightings.list(SightingFilter(), after=None, limit=9).sightings
    assert [(one.label, one.decision) for one in found] == [
        ("bob", Decision.MATCH),
        (None, Decision.UNKNOWN),
        ("eve", Decision.MATCH),
    ]
    wanted = SightingFilter(label="bob")
    assert len(stores.sightings.list(wanted, after=None, limit=9).sightings) == 1
    assert traces(aws, "zoe") == []


def test_a_merge_and_enrolments_at_once_lose_no_photo(
    aws: Moto, clock: SettableClock, stores: Stores
) -> None:
    for label in ("zoe", "bob"):
        person(stores, label)
    enrolling, started = open_aws(Settings(), now=clock), threading.Event()
    kept: list[str] = []

    def enrol() -> None:
        for number in count():
            with suppress(GalleryMoved):
                try:
                    add(enrolling, face("zoe", number, axis=1))
                except PersonNotFound:
                    return
                kept.append(face("zoe", number).photo.id)
            time.sleep(ANALYSIS_S)
            if number == 3:
                started.set()

    thread = threading.Thread(target=enrol)
    thread.start()
    assert started.wait(timeout=300)
    receipt = stores.people.merge("zoe", "bob", LATER)
    thread.join(timeout=300)
    enrolling.close()
    assert receipt.photos == len(kept)
    assert {photo.id for photo in stores.faces.list("bob")} == set(kept)
    assert stores.people.get("bob").photo_count == len(kept)
    assert traces(aws, "zoe") == []
