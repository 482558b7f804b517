"""Test devices and the admin's token on DynamoDB when something happens in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from boto3.dynamodb.conditions import ConditionBase

from facecore.contract import Device
from recognizer.adapters.aws.access import AwsAdminTokens, AwsDevices
from recognizer.adapters.aws.dynamo import Dynamo
from recognizer.adapters.aws.items import Item
from recognizer.domain.ports import Stores
from services.recognizer.tests.stores.conftest import NOON
from services.recognizer.tests.stores.test_devices import STATUS
from tests.support.moto import Moto

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

DOOR = Device(name="door", created_at=NOON)


class AfterRead(Dynamo):
    """A client that calls ``happening`` once, just after the first read."""

    def __init__(self, client: DynamoDBClient, happening: Callable[[], None]) -> None:
        super().__init__(client)
        self._happenings = [happening]

    def get(self, table: str, key: Item) -> Item | None:
        found = super().get(table, key)
        while self._happenings:
            self._happenings.pop()()
        return found


class AnswerLost(Dynamo):
    """A client whose put is done, its answer lost, and the put sent again."""

    def put(self, table: str, item: Item, condition: ConditionBase | None = None) -> None:
        super().put(table, item, condition)
        super().put(table, item, condition)


def items(aws: Moto) -> int:
    return aws.dynamodb().scan(TableName=aws.names.devices)["Count"]


def test_a_device_that_is_removed_while_it_is_touched_stays_removed(
    stores: Stores, aws: Moto
) -> None:
    stores.devices.add(DOOR, "a" * 64)
    dynamo = AfterRead(aws.dynamodb(), lambda: stores.devices.remove("door"))
    AwsDevices(dynamo, aws.names).touch("door", NOON)
    assert items(aws) == 0


def test_a_device_that_is_removed_while_it_reports_stays_removed(stores: Stores, aws: Moto) -> None:
    stores.devices.add(DOOR, "a" * 64)
    dynamo = AfterRead(aws.dynamodb(), lambda: stores.devices.remove("door"))
    AwsDevices(dynamo, aws.names).report("door", STATUS, NOON)
    assert items(aws) == 0


@pytest.mark.parametrize("token", ["a" * 64, "b" * 64], ids=["same", "other"])
def test_a_device_that_came_back_while_it_is_removed_is_removed(
    stores: Stores, aws: Moto, token: str
) -> None:
    stores.devices.add(DOOR, "a" * 64)

    def come_back() -> None:
        stores.devices.remove("door")
        stores.devices.add(DOOR, token)

    AwsDevices(AfterRead(aws.dynamodb(), come_back), aws.names).remove("door")
    assert items(aws) == 0


def test_the_first_admin_token_is_known_although_its_answer_was_lost(
    stores: Stores, aws: Moto
) -> None:
    tokens = AwsAdminTokens(AnswerLost(aws.dynamodb()), aws.names)
    assert tokens.set_first("a" * 64)
    assert not tokens.set_first("b" * 64)
    assert tokens.sha256() == "a" * 64
