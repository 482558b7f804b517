"""The tables and buckets of the AWS adapters for tests: one definition of them all."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from recognizer.adapters.aws.clients import Names

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

REGION = "eu-central-1"
EXPIRY = "expires_at"
"""The attribute of DynamoDB's time to live, where a table has it."""
NAMES = Names(
    people="student_info",
    faces="recognizer-faces",
    gallery="recognizer-gallery",
    sightings="recognizer-sightings",
    crops="recognizer-crops",
    videos="recognizer-videos",
    devices="recognizer-devices",
    videos_bucket="recognizer-videos-bucket",
    faces_bucket="recognizer-faces-bucket",
)
"""The settings' defaults, and two buckets, which have none."""


@dataclass(frozen=True, slots=True)
class Key:
    """An attribute of a key: ``S`` is text, ``N`` a number."""

    name: str
    type: Literal["S", "N"] = "S"


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index, which holds every attribute, or these alone and the keys."""

    name: str
    partition: Key
    sort: Key
    holds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        field: of ``Names``.
        expires: whether items expire by ``expires_at``.
    """

    field: str
    partition: Key
    sort: Key | None = None
    indexes: tuple[Index, ...] = ()
    expires: bool = False


TABLES = (
    Table("people", Key("label"), indexes=(Index("by_label", Key("listed"), Key("label")),)),
    Table("faces", Key("label"), Key("photo_id")),
    Table("gallery", Key("part"), Key("number", "N")),
    Table(
        "sightings",
        Key("owner"),
        Key("moment"),
        indexes=(
            Index("by_time", Key("shard"), Key("moment")),
            Index("by_visit", Key("visit"), Key("moment")),
        ),
        expires=True,
    ),
    Table(
        "crops",
        Key("owner"),
        Key("id"),
        indexes=(
            Index(
                "by_time",
                Key("shard"),
                Key("moment"),
                holds=("face", "model", "embedding", "expires_at"),
            ),
        ),
        expires=True,
    ),
    Table(
        "videos",
        Key("key"),
        indexes=(
            Index("by_time", Key("shard"), Key("moment")),
            Index("by_device", Key("device"), Key("moment")),
        ),
        expires=True,
    ),
    Table("devices", Key("kind"), Key("id"), expires=True),
)


def create(dynamodb: DynamoDBClient, s3: S3Client, names: Names = NAMES) -> None:
    """Create every table and bucket; none may exist yet."""
    for table in TABLES:
        create_table(dynamodb, table, names)
    create_buckets(s3, names)


def create_buckets(s3: S3Client, names: Names = NAMES) -> None:
    """Create only the buckets."""
    for bucket in _buckets(names):
        s3.create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )


def create_table(dynamodb: DynamoDBClient, table: Table, names: Names = NAMES) -> None:
    """Create one table."""
    name = getattr(names, table.field)
    indexes: Any = [
        {
            "IndexName": index.name,
            "KeySchema": _schema(index.partition, index.sort),
            "Projection": _projection(index),
        }
        for index in table.indexes
    ]
    dynamodb.create_table(
        TableName=name,
        KeySchema=_schema(table.partition, table.sort),
        AttributeDefinitions=[
            {"AttributeName": k.name, "AttributeType": k.type} for k in _keys(table)
        ],
        BillingMode="PAY_PER_REQUEST",
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
    )
    if table.expires:
        dynamodb.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": EXPIRY},
        )


def empty(dynamodb: DynamoDBClient, names: Names = NAMES) -> None:
    """Remove every item; the tables stay."""
    for table in TABLES:
        _empty_table(dynamodb, table, getattr(names, table.field))


def environment(names: Names = NAMES) -> dict[str, str]:
    """Return the settings with which the recognizer uses these tables and buckets."""
    tables = {f"RECOGNIZER_{field.upper()}_TABLE": name for field, name in _tables(names).items()}
    return {
        "RECOGNIZER_STORE": "aws",
        **tables,
        "RECOGNIZER_VIDEOS_BUCKET": names.videos_bucket,
        "RECOGNIZER_FACES_BUCKET": names.faces_bucket,
    }


def _tables(names: Names) -> dict[str, str]:
    return {field: name for field, name in asdict(names).items() if not field.endswith("_bucket")}


def _buckets(names: Names) -> tuple[str, str]:
    return names.videos_bucket, names.faces_bucket


def _schema(partition: Key, sort: Key | None) -> Any:
    hashed = [{"AttributeName": partition.name, "KeyType": "HASH"}]
    return hashed + ([{"AttributeName": sort.name, "KeyType": "RANGE"}] if sort else [])


def _projection(index: Index) -> Any:
    if not index.holds:
        return {"ProjectionType": "ALL"}
    return {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(index.holds)}


def _keys(table: Table) -> list[Key]:
    """Return each attribute once, even if it is part of several keys."""
    own = [table.partition, table.sort]
    indexed = [key for index in table.indexes for key in (index.partition, index.sort)]
    return sorted({key for key in own + indexed if key}, key=lambda key: key.name)


def _empty_table(dynamodb: DynamoDBClient, table: Table, name: str) -> None:
    keys = [key.name for key in (table.partition, table.sort) if key]
    for page in dynamodb.get_paginator("scan").paginate(TableName=name, ConsistentRead=True):
        for item in page["Items"]:
            dynamodb.delete_item(TableName=name, Key={key: item[key] for key in keys})
