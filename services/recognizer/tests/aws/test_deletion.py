"""Test a person's deletion on DynamoDB and S3: killed at any step, and with concurrent writes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import count

import pytest

from facecore.contract import DeletionReceipt
from recognizer.adapters.aws import open_aws
from recognizer.domain.errors import GalleryMoved, PersonNotFound, PhotoNotFound
from recognizer.domain.ports import SightingFilter, Stores
from recognizer.settings import Settings
from services.recognizer.tests.aws.fault_injection import (
    Killed,
    interrupted_after,
    killable_process,
)
from services.recognizer.tests.service import SettableClock
from services.recognizer.tests.stores.conftest import add, crop, crops_of, face, person, sighting
from tests.support.moto import Moto

RECEIPT = DeletionReceipt(label="zoe", records=1, photos=2, embeddings=2, sightings=2, crops=3)
MOST_WRITES = 30
"""An upper bound: this deletion takes fewer writes, so each of its steps is tried."""


def fill(stores: Stores) -> None:
    """Store Zoe with photos, sightings and a place in the snapshot, and Bob, who stays."""
    for label in ("zoe", "bob"):
        person(stores, label)
    for number in range(2):
        add(stores, face("zoe", number, axis=1))
    add(stores, face("bob", 9, axis=2))
    stores.faces.remove("bob", face("bob", 9).photo.id)  # a removal makes a snapshot
    add(stores, face("bob", 10, axis=2))
    stores.faces.snapshot("m1", 4)
    stores.sightings.add([sighting(n, label="zoe", minutes=n) for n in range(2)])
    stores.sightings.add([sighting(9, label="bob", minutes=9)])
    for number in range(3):
        stores.crops.put(crop(number, label="zoe"), b"zoe's jpeg")
    stores.crops.put(crop(9, label="bob"), b"jpeg")
    stores.crops.put(crop(10), b"jpeg")


def traces(aws: Moto, label: str) -> list[str]:
    """Return where the label still stands: items of any table, names and contents of objects.

    The label must not look like a part of a hexadecimal number, of which there are many.
    """
    own = aws.names
    tables = (own.people, own.faces, own.sightings, own.crops, own.gallery)
    found = [
        f"{table}: {item}"
        for table in tables
        for item in aws.dynamodb().scan(TableName=table, ConsistentRead=True)["Items"]
        if label in str(item)
    ]
    s3, bucket = aws.s3(), aws.names.faces_bucket
    names = [o["Key"] for o in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
    bodies = {name: s3.get_object(Bucket=bucket, Key=name)["Body"].read() for name in names}
    return found + [n for n, body in bodies.items() if label in n or label.encode() in body]


@pytest.mark.exhaustive
def test_a_deletion_killed_at_any_step_is_finished_by_the_next(
    aws: Moto, clock: SettableClock, stores: Stores
) -> None:
    with killable_process(clock) as process:
        for step in range(MOST_WRITES):
            aws.renew()
            fill(stores)
            process.kill_before_write(step)
            try:
                process.stores.people.delete("zoe")
            except Killed:
                check_what_is_seen(stores, marked=step > 0)
                check_that_it_can_be_finished(aws, stores)
            else:
                break
    assert 5 < step < MOST_WRITES - 1


def check_what_is_seen(stores: Stores, *, marked: bool) -> None:
    """Check that Zoe is whole before the tombstone, and gone for everybody after it."""
    if not marked:
        assert stores.people.get("zoe").photo_count == 2
        return
    with pytest.raises(PersonNotFound):
        stores.people.get("zoe")
    with pytest.raises(PersonNotFound):
        add(stores, face("zoe", 7))
    assert not stores.crops.put(crop(7, label="zoe"), b"jpeg")
    with pytest.raises(PersonNotFound):
        stores.crops.move(crop(10), "zoe")
    assert stores.faces.snapshot("m1", 4).labels == ("bob",)


def check_that_it_can_be_finished(aws: Moto, stores: Stores) -> None:
    assert stores.people.delete("zoe").receipt == RECEIPT
    assert traces(aws, "zoe") == []
    assert stores.faces.snapshot("m1", 4).labels == ("bob",)
    left = stores.sightings.list(SightingFilter(), after=None, limit=9).sightings
    assert [one.label for one in left] == ["bob"]
    assert [one.id for one in crops_of(stores, "bob")] == [crop(9).id]
    assert [one.id for one in stores.crops.unknown_people("m1", 9)] == [crop(10).id]


def test_a_new_person_of_the_label_has_nothing_of_one_whose_deletion_was_killed(
    aws: Moto, clock: SettableClock, stores: Stores
) -> None:
    fill(stores)
    with killable_process(clock) as process:
        process.kill_before_write(2)
        with pytest.raises(Killed):
            process.stores.people.delete("zoe")
    person(stores, "zoe")
    assert stores.people.get("zoe").photo_count == 0
    assert stores.faces.list("zoe") == []
    assert stores.faces.snapshot("m1", 4).labels == ("bob",)
    photos = aws.s3().list_objects_v2(Bucket=aws.names.faces_bucket, Prefix="photos/zoe/")
    assert photos["KeyCount"] == 0
    wanted = SightingFilter(label="zoe")
    assert stores.sightings.list(wanted, after=None, limit=9).sightings == []
    assert crops_of(stores, "zoe") == []


@pytest.mark.parametrize(
    "operation", ["UpdateItem", pytest.param("DeleteObjects", marks=pytest.mark.exhaustive)]
)
def test_two_concurrent_deletions_both_get_the_receipt(
    aws: Moto, clock: SettableClock, stores: Stores, operation: str
) -> None:
    fill(stores)
    receipts = []

    def other() -> None:
        receipts.append(stores.people.delete("zoe").receipt)

    with interrupted_after(operation, other, clock) as interrupted:
        receipts.append(interrupted.people.delete("zoe").receipt)
    assert receipts == [RECEIPT, RECEIPT]
    assert traces(aws, "zoe") == []


def test_a_deletion_that_another_finished_finds_nobody(
    aws: Moto, clock: SettableClock, stores: Stores
) -> None:
    fill(stores)
    receipts = []

    def other() -> None:
        receipts.append(stores.people.delete("zoe").receipt)

    with (
        interrupted_after("TransactWriteItems", other, clock) as interrupted,
        pytest.raises(PersonNotFound),
    ):
        interrupted.people.delete("zoe")
    assert receipts == [RECEIPT]
    assert traces(aws, "zoe") == []


def test_a_late_deletion_does_not_touch_a_new_person_of_the_label(
    aws: Moto, clock: SettableClock, stores: Stores
) -> None:
    """Test that another process finishes this deletion and a new Zoe is enrolled in between."""
    fill(stores)

    def others() -> None:
        stores.people.delete("zoe")
        person(stores, "zoe")
        add(stores, face("zoe", 20, axis=3))
        stores.sightings.add([sighting(20, label="zoe", minutes=20)])

    with interrupted_after("UpdateItem", others, clock) as interrupted:
        assert interrupted.people.delete("zoe").receipt == RECEIPT
    assert [photo.id for photo in stores.faces.list("zoe")] == [face("zoe", 20).photo.id]
    assert stores.faces.picture("zoe", face("zoe", 20).photo.id) == b"picture"
    wanted = SightingFilter(label="zoe")
    assert len(stores.sightings.list(wanted, after=None, limit=9).sightings) == 1
    assert sorted(stores.faces.snapshot("m1", 4).labels) == ["bob", "zoe"]


def repeated(work: Callable[[int], object]) -> None:
    """Repeat until the person is gone; a changed gallery means another try."""
    for number in count():
        with suppress(GalleryMoved):
            try:
                work(number)
            except (PersonNotFound, PhotoNotFound):
                return


def test_a_deletion_and_enrolments_at_once_leave_nothing_behind(
    aws: Moto, clock: SettableClock, stores: Stores
) -> None:
    person(stores, "zoe")
    enrolling, started = open_aws(Settings(), now=clock), threading.Event()

    def enrol(number: int) -> None:
        add(enrolling, face("zoe", number, axis=1))
        if number == 3:
            started.set()

    thread = threading.Thread(target=repeated, args=(enrol,))
    thread.start()
    assert started.wait(timeout=300)
    receipt = stores.people.delete("zoe").receipt
    thread.join(timeout=300)
    enrolling.close()
    assert receipt.photos >= 3
    assert traces(aws, "zoe") == []
    assert stores.faces.snapshot("m1", 4).labels == ()


def test_a_deletion_and_sightings_at_once_leave_no_name_behind(
    aws: Moto, clock: SettableClock, stores: Stores
) -> None:
    person(stores, "zoe")
    seeing, started, over = open_aws(Settings(), now=clock), threading.Event(), threading.Event()

    def see() -> None:
        for number in count():
            seeing.sightings.add([sighting(number, label="zoe")])
            if number == 3:
                started.set()
            if over.is_set():
                return

    thread = threading.Thread(target=see)
    thread.start()
    assert started.wait(timeout=300)
    stores.people.delete("zoe")
    over.set()
    thread.join(timeout=300)
    seeing.close()
    assert traces(aws, "zoe") == []


def test_a_deletion_and_crops_at_once_leave_none_behind(
    aws: Moto, clock: SettableClock, stores: Stores
) -> None:
    person(stores, "zoe")
    seeing, started = open_aws(Settings(), now=clock), threading.Event()

    def see() -> None:
        for number in count():
            if not seeing.crops.put(crop(number, label="zoe"), b"jpeg"):
                return
            if number == 3:
                started.set()

    thread = threading.Thread(target=see)
    thread.start()
    assert started.wait(timeout=300)
    receipt = stores.people.delete("zoe").receipt
    thread.join(timeout=300)
    seeing.close()
    assert receipt.crops >= 4
    assert traces(aws, "zoe") == []
