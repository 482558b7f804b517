"""Damage a stored row without the store's code, on every store."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeSerializer

from tests.support import aws_resources, dynamodb_local, moto

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Damage = Callable[[str, str, str, object], None]
"""A function that overwrites a column or attribute of the rows of a table that hold a text."""


def damage_of(store_kind: str, folder: Path) -> Damage:
    """Return the function that damages this store's rows."""
    if store_kind == "local":
        return _Local(folder / "recognizer.db")
    if store_kind == "aws on moto":
        return _Aws(moto.running().dynamodb())
    return _Aws(dynamodb_local.running().client())


class _Local:
    def __init__(self, file: Path) -> None:
        self._file = file

    def __call__(self, table: str, holding: str, field: str, value: object) -> None:
        with closing(sqlite3.connect(self._file)) as connection, connection:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            done = connection.execute(
                f"UPDATE {table} SET {field} = ? WHERE ? IN ({', '.join(columns)})",
                (value, holding),
            )
            assert done.rowcount


class _Aws:
    def __init__(self, client: DynamoDBClient) -> None:
        self._client = client

    def __call__(self, table: str, holding: str, field: str, value: object) -> None:
        name = getattr(aws_resources.NAMES, table)
        keys = [
            key["AttributeName"]
            for key in self._client.describe_table(TableName=name)["Table"]["KeySchema"]
        ]
        items: list[Any] = self._client.scan(TableName=name)["Items"]
        found = [item for item in items if holding in str(item)]
        assert found
        for item in found:
            self._client.update_item(
                TableName=name,
                Key={key: item[key] for key in keys},
                UpdateExpression="SET #field = :value",
                ExpressionAttributeNames={"#field": field},
                ExpressionAttributeValues={":value": TypeSerializer().serialize(value)},
            )
