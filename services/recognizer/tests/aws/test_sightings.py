"""Test sightings on DynamoDB: the copies by label, and concurrent writes."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from facecore.contract import Decision
from recognizer.adapters.aws import open_aws
from recognizer.adapters.aws.dynamo import Dynamo
from recognizer.adapters.aws.dynamo_requests import Action
from recognizer.adapters.aws.sightings import AwsSightings
from recognizer.adapters.aws.timeline import SHARDS, shard
from recognizer.domain.ports import SightingFilter, Stores
from recognizer.settings import Settings
from services.recognizer.tests.service import SettableClock
from services.recognizer.tests.stores.conftest import person, sighting
from services.recognizer.tests.stores.store_backends import SIGHTING_LIFETIME
from tests.support.moto import Moto

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def items(aws: Moto) -> list[dict[str, str]]:
    """Return owner and sort key of everything in the table."""
    found = aws.dynamodb().scan(TableName=aws.names.sightings, ConsistentRead=True)["Items"]
    return [
        {name: item[name]["S"] for name in ("owner", "moment", "shard") if name in item}
        for item in found
    ]


def owners(aws: Moto) -> Counter[str]:
    return Counter(item["owner"] for item in items(aws))


def multiply(aws: Moto, times: int) -> None:
    """Write so many copies of the only unnamed sighting, each a millisecond later."""
    dynamodb, table = aws.dynamodb(), aws.names.sightings
    found = dynamodb.scan(TableName=table)["Items"]
    (one,) = (item for item in found if "device" in item["owner"]["S"] and "label" not in item)
    time, _, key = one["moment"]["S"].partition("#")
    for start in range(0, times, 25):
        puts: Any = [
            {"PutRequest": {"Item": {**one, "moment": {"S": f"{int(time) + n * 1000:017}#{key}"}}}}
            for n in range(start, start + 25)
        ]
        dynamodb.batch_write_item(RequestItems={table: puts})


def test_a_match_has_a_copy_and_others_have_none(stores: Stores, aws: Moto) -> None:
    person(stores, "ada")
    stores.sightings.add([sighting(1, label="ada"), sighting(2)])
    assert owners(aws) == {"device#door": 2, "label#ada": 1}


def test_no_copy_is_left_of_a_label_that_is_not_the_sighting_s_any_more(
    stores: Stores, aws: Moto
) -> None:
    for name in ("ada", "bob"):
        person(stores, name)
    expected: list[tuple[str | None, dict[str, int]]] = [
        ("ada", {"label#ada": 1}),
        ("bob", {"label#bob": 1}),
        (None, {}),
        ("gone", {}),
        ("ada", {"label#ada": 1}),
        ("gone", {}),
    ]
    for label, left in expected:
        stores.sightings.add([sighting(1, label=label)])
        assert owners(aws) == {"device#door": 1, **left}


def test_a_refused_sighting_does_not_keep_the_others_out(stores: Stores) -> None:
    person(stores, "ada")
    stores.sightings.add([sighting(1, label="gone"), sighting(2, label="ada"), sighting(3)])
    found = stores.sightings.list(SightingFilter(), after=None, limit=9).sightings
    assert [one.label for one in found] == [None, "ada", None]


def test_named_returns_the_keys_of_each_copy_and_its_sighting(stores: Stores, aws: Moto) -> None:
    person(stores, "ada")
    stores.sightings.add([sighting(n, label="ada", device=f"d{n}") for n in range(3)])
    stores.sightings.add([sighting(3)])
    assert isinstance(stores.sightings, AwsSightings)
    there = [{name: item[name] for name in ("owner", "moment")} for item in items(aws)]
    pairs = list(stores.sightings.named("ada"))
    assert len(pairs) == 3
    for copy, main in pairs:
        assert copy in there
        assert main in there
        assert copy["moment"] == main["moment"]
    assert list(stores.sightings.named("ad")) == []


def test_writes_are_spread_over_the_shards(stores: Stores, aws: Moto) -> None:
    stores.sightings.add([sighting(n) for n in range(64)])
    shards = Counter(item["shard"] for item in items(aws))
    assert len(shards) == SHARDS
    assert max(shards.values()) <= 32


@pytest.mark.parametrize("device", ["door", None])
def test_a_page_of_a_rare_kind_reads_a_bounded_part_and_goes_on(
    stores: Stores, aws: Moto, device: str | None
) -> None:
    """Test that more lies between two matches, in one shard, than one page reads."""
    crowd = next(n for n in range(1, 99) if shard(sighting(n).id) != shard(sighting(0).id))
    person(stores, "ada")
    stores.sightings.add([sighting(0, label="ada"), sighting(700, label="ada", minutes=700)])
    stores.sightings.add([sighting(crowd, minutes=1)])
    multiply(aws, 600)
    wanted = SightingFilter(device=device, decision=Decision.MATCH)
    first = stores.sightings.list(wanted, after=None, limit=10)
    assert [int(one.id, 16) for one in first.sightings] == [700]
    rest = stores.sightings.list(wanted, after=first.next, limit=10)
    assert [int(one.id, 16) for one in rest.sightings] == [0]
    assert rest.next is None


class InterruptedDynamo(Dynamo):
    """A client that calls ``interrupt`` just before its last transaction."""

    def __init__(self, client: DynamoDBClient, interrupt: Callable[[], None]) -> None:
        super().__init__(client)
        self._interrupt = interrupt
        self._transactions = 0

    def transact(self, actions: Sequence[Action]) -> None:
        self._transactions += 1
        if self._transactions == 2:
            self._interrupt()
        super().transact(actions)


@pytest.mark.parametrize("mine", ["bob", None])
def test_a_sighting_that_changed_since_its_read_is_read_again(
    stores: Stores, aws: Moto, clock: SettableClock, mine: str | None
) -> None:
    """Test a sighting that was Ada's when read and became Eve's; Eve's copy has to go."""
    for name in ("ada", "bob", "eve"):
        person(stores, name)
    stores.sightings.add([sighting(1, label="ada")])

    def interrupt() -> None:
        stores.sightings.add([sighting(1, label="eve")])

    dynamo = InterruptedDynamo(aws.dynamodb(), interrupt)
    AwsSightings(dynamo, aws.names, SIGHTING_LIFETIME, clock).add([sighting(1, label=mine)])
    copies = {} if mine is None else {f"label#{mine}": 1}
    assert owners(aws) == {"device#door": 1, **copies}


def test_concurrent_writes_leave_each_sighting_with_its_own_copy(
    stores: Stores, aws: Moto, clock: SettableClock
) -> None:
    labels = ("ada", "bob", None)
    for label in ("ada", "bob"):
        person(stores, label)

    def write(opened: Stores, turn: int) -> None:
        for n in range(12):
            opened.sightings.add([sighting(n % 3, label=labels[(n + turn) % 3])])

    openings = [open_aws(Settings(), now=clock) for _ in range(2)]
    threads = [
        threading.Thread(target=write, args=(opened, turn)) for turn, opened in enumerate(openings)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for opened in openings:
        opened.close()
    found = stores.sightings.list(SightingFilter(), after=None, limit=9).sightings
    copies = {(item["owner"], item["moment"]) for item in items(aws) if "shard" not in item}
    assert len(found) == 3
    assert {owner for owner, _ in copies} == {f"label#{one.label}" for one in found if one.label}
    assert len(copies) == len([one for one in found if one.label])
