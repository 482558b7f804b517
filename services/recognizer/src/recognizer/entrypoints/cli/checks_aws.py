"""Checks of a deployment's tables and buckets, with the user's AWS credentials."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

from botocore.exceptions import BotoCoreError, ClientError

from facecore.checks import Check, State
from recognizer.adapters.aws.clients import Clients, connect
from recognizer.domain.errors import SettingsInvalid
from recognizer.settings import Settings

_TABLES = ("people", "faces", "gallery", "sightings", "videos", "devices")
_BUCKETS = ("videos", "faces")
_MISSING = ("404", "ResourceNotFoundException")


def store_checks(settings: Settings) -> Iterator[Check]:
    """Check every table and bucket. Stop if AWS does not answer. Change nothing."""
    try:
        clients = connect()
    except SettingsInvalid as error:
        yield Check("AWS", State.FAIL, str(error), "correct the setting and try again")
        return
    with closing(clients):
        try:
            yield from _table_and_bucket_checks(clients, settings)
        except BotoCoreError as error:
            fix = "check the network, AWS_REGION and AWS_ENDPOINT_URL"
            yield Check("AWS", State.FAIL, str(error), fix)


def _table_and_bucket_checks(clients: Clients, settings: Settings) -> Iterator[Check]:
    for name in _TABLES:
        yield _check("table", f"{name}_table", settings, lambda table: _table(clients, table))
    for name in _BUCKETS:
        yield _check("bucket", f"{name}_bucket", settings, lambda bucket: _bucket(clients, bucket))


def _table(clients: Clients, name: str) -> str:
    return str(clients.dynamodb.describe_table(TableName=name)["Table"]["TableStatus"]).lower()


def _bucket(clients: Clients, name: str) -> str:
    clients.s3.head_bucket(Bucket=name)
    return "active"


def _check(kind: str, setting: str, settings: Settings, look: Callable[[str], str]) -> Check:
    name = str(getattr(settings, setting))
    title = f"{kind} {name}"
    try:
        found = look(name)
    except ClientError as error:
        return Check(title, State.FAIL, *_refused(error, setting))
    if found != "active":
        return Check(title, State.WARN, found, "wait until it is active")
    return Check(title, State.OK, "exists")


def _refused(error: ClientError, setting: str) -> tuple[str, str]:
    code = str(error.response.get("Error", {}).get("Code"))
    variable = f"RECOGNIZER_{setting.upper()}"
    if code in _MISSING:
        return "not found", f"check {variable} and AWS_REGION; `terraform output` prints both"
    return f"AWS refuses: {code}", f"use credentials that may read it, or correct {variable}"
