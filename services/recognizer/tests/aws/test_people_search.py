"""Test that a search reads a bounded number of records for one page and says where it stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facecore.contract import PersonUpdate
from recognizer.adapters.aws.people import MOST_SEARCHED
from recognizer.domain.people import PeopleSearch
from recognizer.domain.ports import Stores
from services.recognizer.tests.stores.conftest import NOON
from tests.support.moto import Moto

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import WriteRequestTypeDef


def test_a_page_ends_where_enough_was_read_and_the_next_continues(
    stores: Stores, aws: Moto
) -> None:
    _many_people(aws, stores, MOST_SEARCHED + 5)
    stores.people.put("z-last", PersonUpdate(name="The last"), NOON)
    first = stores.people.list(after=None, limit=9, search=PeopleSearch("the last"))
    assert first.people == []
    assert first.next == f"p{MOST_SEARCHED - 1:05}"
    second = stores.people.list(after=first.next, limit=9, search=PeopleSearch("the last"))
    assert [one.label for one in second.people] == ["z-last"]
    assert second.next is None


def _many_people(aws: Moto, stores: Stores, count: int) -> None:
    """Write many people, each as the store writes one."""
    stores.people.put("p", PersonUpdate(name="Somebody"), NOON)
    table, client = aws.names.people, aws.dynamodb()
    item = client.get_item(TableName=table, Key={"label": {"S": "p"}})["Item"]
    client.delete_item(TableName=table, Key={"label": {"S": "p"}})
    for start in range(0, count, 25):
        labels = [f"p{number:05}" for number in range(start, min(start + 25, count))]
        requests: list[WriteRequestTypeDef] = [
            {"PutRequest": {"Item": {**item, "label": {"S": label}}}} for label in labels
        ]
        client.batch_write_item(RequestItems={table: requests})
