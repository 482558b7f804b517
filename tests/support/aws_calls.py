"""The calls of AWS that a client makes or presigns, and the permissions they need.

``RECOGNIZER_RECORD_AWS_CALLS=FILE`` makes the suite of the stores append its calls to a file. Their
permissions are compared with those of the function's role.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

VARIABLE = "RECOGNIZER_RECORD_AWS_CALLS"

_SAME_NAME = ("GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan")
_IN_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
_RIGHTS = {
    **{("dynamodb", name): f"dynamodb:{name}" for name in _SAME_NAME},
    **{
        ("dynamodb", f"TransactWriteItems.{part}"): f"dynamodb:{name}"
        for part, name in _IN_TRANSACTION.items()
    },
    ("s3", "PutObject"): "s3:PutObject",
    ("s3", "CreateMultipartUpload"): "s3:PutObject",
    ("s3", "UploadPart"): "s3:PutObject",
    ("s3", "CompleteMultipartUpload"): "s3:PutObject",
    ("s3", "AbortMultipartUpload"): "s3:AbortMultipartUpload",
    ("s3", "GetObject"): "s3:GetObject",
    ("s3", "HeadObject"): "s3:GetObject",
    ("s3", "DeleteObject"): "s3:DeleteObject",
    ("s3", "DeleteObjects"): "s3:DeleteObject",
    ("s3", "ListObjectsV2"): "s3:ListBucket",
}
"""https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html and
https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html"""


@dataclass(frozen=True, slots=True)
class Call:
    """One call, or one part of a call that touches several things.

    Attributes:
        operation: as AWS names it; a transaction's parts are ``TransactWriteItems.Put`` and so on.
        resource: ``TABLE``, ``TABLE/index/NAME``, ``BUCKET`` or ``BUCKET/KEY``.
    """

    service: str
    operation: str
    resource: str


def observe(client: Any, on_call: Callable[[Call], None]) -> None:
    """Report every call from now on; a presigned one when it is signed."""
    service = client.meta.service_model.service_name

    def on_request(params: Mapping[str, Any], model: Any, **_: object) -> None:
        for call in _calls(service, model.name, params):
            on_call(call)

    client.meta.events.register(f"before-parameter-build.{service}", on_request)


def record(clients: Iterable[Any], file: Path) -> None:
    """Append every call as a JSON line."""

    def write(call: Call) -> None:
        with file.open("a") as lines:
            lines.write(json.dumps(asdict(call)) + "\n")

    for client in clients:
        observe(client, write)


def read(file: Path) -> set[Call]:
    """Return the calls that ``record`` wrote, each once."""
    return {Call(**json.loads(line)) for line in file.read_text().splitlines()}


def actions(calls: Iterable[Call]) -> set[tuple[str, str]]:
    """Return the IAM actions that the calls need, each with its resource.

    Reading an object that may be missing needs ``s3:ListBucket`` too: without it S3 answers
    403 instead of 404. https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html

    Raises:
        LookupError: the permissions of a call are not known here.
    """
    needed = set()
    for call in calls:
        right = _RIGHTS.get((call.service, call.operation))
        if right is None:
            raise LookupError(f"which right does {call} need? Say so in {__name__}")
        needed.add((right, call.resource))
        if right == "s3:GetObject":
            needed.add(("s3:ListBucket", call.resource.partition("/")[0]))
    return needed


def _calls(service: str, operation: str, params: Mapping[str, Any]) -> Iterator[Call]:
    of = _in_dynamodb if service == "dynamodb" else _in_s3
    for name, resource in of(operation, params):
        yield Call(service, name, resource)


def _in_dynamodb(operation: str, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    match operation:
        case "TransactWriteItems":
            for action in params["TransactItems"]:
                for part, body in action.items():
                    yield f"{operation}.{part}", body["TableName"]
        case "BatchGetItem":
            for table in params["RequestItems"]:
                yield operation, table
        case _ if "IndexName" in params:
            yield operation, f"{params['TableName']}/index/{params['IndexName']}"
        case _:
            yield operation, params["TableName"]


def _in_s3(operation: str, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    match operation:
        case "DeleteObjects":
            for one in params["Delete"]["Objects"]:
                yield operation, f"{params['Bucket']}/{one['Key']}"
        case _ if "Key" in params:
            yield operation, f"{params['Bucket']}/{params['Key']}"
        case _:
            yield operation, params["Bucket"]
