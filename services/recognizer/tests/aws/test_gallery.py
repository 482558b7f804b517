"""Test the gallery on DynamoDB and S3: its snapshot, its log, and writes that race a load."""

from __future__ import annotations

import threading
from contextlib import suppress

import numpy as np
import pytest

from recognizer.adapters.aws import open_aws
from recognizer.domain.errors import GalleryMoved, StoreUnavailable
from recognizer.domain.ports import FaceAdded, FaceRemoved, Stores
from recognizer.settings import Settings
from services.recognizer.tests.aws.fault_injection import (
    Killed,
    interrupted_after,
    killable_process,
    recorded_calls,
)
from services.recognizer.tests.service import SettableClock
from services.recognizer.tests.stores.conftest import add, face, person
from tests.support.moto import Moto


@pytest.fixture(autouse=True)
def people(stores: Stores) -> None:
    for label in ("ada", "bob"):
        person(stores, label)


def snapshots(aws: Moto) -> list[str]:
    """Return the names of the objects that hold a gallery."""
    found = aws.s3().list_objects_v2(Bucket=aws.names.faces_bucket, Prefix="gallery/")
    return [one["Key"] for one in found.get("Contents", [])]


def holding(aws: Moto, number: int) -> list[str]:
    """Return the names of those objects that hold this face."""
    s3, bucket = aws.s3(), aws.names.faces_bucket
    bodies = {name: s3.get_object(Bucket=bucket, Key=name)["Body"] for name in snapshots(aws)}
    return [name for name, body in bodies.items() if f"{number:032x}".encode() in body.read()]


def photos(aws: Moto) -> int:
    found = aws.s3().list_objects_v2(Bucket=aws.names.faces_bucket, Prefix="photos/")
    return found["KeyCount"]


def log(aws: Moto) -> list[int]:
    """Return the versions that the log still holds."""
    items = aws.dynamodb().scan(TableName=aws.names.gallery, ConsistentRead=True)["Items"]
    return sorted(int(item["number"]["N"]) for item in items if item["part"]["S"] == "change")


def ids(stores: Stores) -> list[int]:
    """Return the numbers of the faces that the gallery holds."""
    return [int(one.rpartition("/")[2], 16) for one in stores.faces.snapshot("m1", 4).face_ids]


def with_snapshot(stores: Stores) -> None:
    """Store faces 1 to 3; the snapshot's object holds 1 and 2."""
    for number in range(3):
        add(stores, face("ada", number))
    stores.faces.remove("ada", face("ada", 0).photo.id)  # only a removal makes one so early
    stores.faces.snapshot("m1", 4)
    stores.faces.remove("ada", face("ada", 1).photo.id)
    add(stores, face("ada", 1))
    add(stores, face("ada", 3))


def test_a_cold_start_reads_the_snapshot_and_the_log_and_scans_nothing(
    stores: Stores, clock: SettableClock
) -> None:
    with_snapshot(stores)
    with recorded_calls(clock) as (recorded, made):
        assert ids(recorded) == [1, 2, 3]
    assert "GetObject" in made
    assert "Scan" not in made
    assert len(made) <= 6


def test_a_refresh_reads_one_item_when_nothing_happened(
    stores: Stores, clock: SettableClock
) -> None:
    add(stores, face("ada", 1))
    with recorded_calls(clock) as (recorded, made):
        assert recorded.faces.version() == 1
    assert made == ["GetItem"]


def test_a_removal_leaves_neither_picture_nor_embedding_nor_a_name_of_either(
    stores: Stores, aws: Moto
) -> None:
    with_snapshot(stores)
    before = snapshots(aws)
    stores.faces.remove("ada", face("ada", 2).photo.id)
    assert len(snapshots(aws)) == 1
    assert snapshots(aws) != before
    assert photos(aws) == 2
    assert not holding(aws, 2)
    assert holding(aws, 3)


@pytest.mark.exhaustive
def test_a_removal_killed_at_any_step_is_finished_by_the_next_load(
    stores: Stores, aws: Moto, clock: SettableClock
) -> None:
    with_snapshot(stores)
    with killable_process(clock) as process:
        for step in range(30):
            add(stores, face("bob", 9, axis=2))
            process.kill_before_write(step)
            try:
                process.stores.faces.remove("bob", face("bob", 9).photo.id)
            except Killed:
                expected = [1, 2, 3] if step else [1, 2, 3, 9]
                assert ids(stores) == expected
                if not step:
                    stores.faces.remove("bob", face("bob", 9).photo.id)
                assert photos(aws) == 3
                assert not holding(aws, 9)
            else:
                break
    assert 3 < step < 29
    assert len(snapshots(aws)) == 1


@pytest.mark.parametrize("content", [b"", b"no archive", None], ids=["empty", "damaged", "gone"])
def test_without_a_usable_snapshot_the_faces_are_read_and_a_new_one_is_made(
    stores: Stores, aws: Moto, clock: SettableClock, content: bytes | None
) -> None:
    with_snapshot(stores)
    (name,) = snapshots(aws)
    if content is None:
        aws.s3().delete_object(Bucket=aws.names.faces_bucket, Key=name)
    else:
        aws.s3().put_object(Bucket=aws.names.faces_bucket, Key=name, Body=content)
    assert ids(stores) == [1, 2, 3]
    with recorded_calls(clock) as (recorded, made):
        assert ids(recorded) == [1, 2, 3]
    assert "Scan" not in made


def test_a_log_with_a_gap_is_not_used(stores: Stores, aws: Moto) -> None:
    with_snapshot(stores)
    number = log(aws)[-2]
    aws.dynamodb().delete_item(
        TableName=aws.names.gallery, Key={"part": {"S": "change"}, "number": {"N": str(number)}}
    )
    assert stores.faces.changes(number - 1, "m1") is None
    assert ids(stores) == [1, 2, 3]


def test_a_restored_table_is_loaded_anew(stores: Stores) -> None:
    add(stores, face("ada", 1))
    assert stores.faces.changes(7, "m1") is None


@pytest.mark.parametrize(
    "operation",
    [
        "GetItem",
        *(
            pytest.param(other, marks=pytest.mark.exhaustive)
            for other in ("GetObject", "Query", "BatchGetItem")
        ),
    ],
)
def test_a_write_that_races_a_load_is_in_it_or_in_the_log(
    stores: Stores, clock: SettableClock, operation: str
) -> None:
    """Test that one face is added and one removed just after this read of the load."""
    with_snapshot(stores)

    def write() -> None:
        add(stores, face("bob", 8, axis=2))
        stores.faces.remove("ada", face("ada", 3).photo.id)

    with interrupted_after(operation, write, clock) as interrupted:
        loaded = interrupted.faces.snapshot("m1", 4)
    logged = stores.faces.changes(loaded.version, "m1")
    assert logged is not None
    there = set(loaded.face_ids)
    for change in logged.changes:
        match change:
            case FaceAdded(face_id):
                there.add(face_id)
            case FaceRemoved(face_id):
                there.discard(face_id)
    assert logged.version == stores.faces.version()
    assert there == {f"ada/{1:032x}", f"ada/{2:032x}", f"bob/{8:032x}"}


def test_two_concurrent_loads_leave_one_right_snapshot(
    stores: Stores, aws: Moto, clock: SettableClock
) -> None:
    with_snapshot(stores)
    (name,) = snapshots(aws)
    aws.s3().delete_object(Bucket=aws.names.faces_bucket, Key=name)

    def other() -> None:
        stores.faces.snapshot("m1", 4)

    with interrupted_after("PutObject", other, clock) as interrupted:
        assert ids(interrupted) == [1, 2, 3]
    assert len(snapshots(aws)) == 1
    assert ids(stores) == [1, 2, 3]


def test_two_enrolments_at_once_are_both_kept(
    stores: Stores, aws: Moto, clock: SettableClock
) -> None:
    openings = [open_aws(Settings(), now=clock) for _ in range(2)]

    def enrol(opened: Stores, label: str, first: int) -> None:
        for number in range(first, first + 6):
            added = False
            while not added:
                with suppress(GalleryMoved):
                    add(opened, face(label, number))
                    added = True

    threads = [
        threading.Thread(target=enrol, args=(opened, label, first))
        for opened, label, first in zip(openings, ("ada", "bob"), (0, 100), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
    for opened in openings:
        opened.close()
    assert ids(stores) == [*range(6), *range(100, 106)]
    assert stores.faces.version() == 12
    assert log(aws) == list(range(1, 13))
    assert photos(aws) == 12
    assert [stores.people.get(label).photo_count for label in ("ada", "bob")] == [6, 6]


@pytest.mark.exhaustive
def test_an_enrolment_killed_at_any_step_counts_wholly_or_not_at_all(
    stores: Stores, aws: Moto, clock: SettableClock
) -> None:
    with killable_process(clock) as process:
        for step in range(3):
            process.kill_before_write(step)
            with suppress(Killed):
                add(process.stores, face("ada", step))
    listed = [int(one.id, 16) for one in stores.faces.list("ada")]
    assert listed == ids(stores) == [2]
    assert stores.people.get("ada").photo_count == 1
    assert photos(aws) == 2  # no item names it; it is deleted with the person
    stores.people.delete("ada")
    assert photos(aws) == 0


def test_another_model_reads_the_faces_and_leaves_out_those_that_are_not_its_own(
    stores: Stores,
) -> None:
    add(stores, face("ada", 1, model="m0"))
    add(stores, face("ada", 2, axis=3))
    old, new = stores.faces.snapshot("m0", 4), stores.faces.snapshot("m1", 4)
    assert (old.face_ids, old.outdated) == ((f"ada/{1:032x}",), 1)
    assert (new.face_ids, new.outdated) == ((f"ada/{2:032x}",), 1)
    np.testing.assert_array_equal(new.vectors, np.eye(4, dtype=np.float32)[[3]])


def test_an_unusable_store_is_reported(stores: Stores, aws: Moto) -> None:
    with_snapshot(stores)
    aws.reset()
    with pytest.raises(StoreUnavailable):
        stores.faces.snapshot("m1", 4)
