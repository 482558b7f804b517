"""Open each store, empty: local, AWS on moto, AWS on DynamoDB Local."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from recognizer.adapters.aws.clients import Clients, connect
from recognizer.adapters.aws.dynamo import MAX_ACTIONS
from recognizer.adapters.aws.opening import assemble
from recognizer.adapters.sqlite import open_local
from recognizer.domain.clock import Clock
from recognizer.domain.ports import Stores
from recognizer.settings import Settings
from services.recognizer.tests.service import SettableClock
from tests.support import aws_calls, dynamodb_local, moto

LINK_LIFETIME = timedelta(minutes=15)
SIGHTING_LIFETIME = timedelta(days=90)
CROP_LIFETIME = timedelta(days=7)
_MAX_ACTIONS_OF_DYNAMODB_LOCAL = 10


def _local(folder: Path, clock: SettableClock) -> Stores:
    return open_local(
        folder,
        link_lifetime=LINK_LIFETIME,
        sighting_lifetime=SIGHTING_LIFETIME,
        crop_lifetime=CROP_LIFETIME,
        now=clock,
        monotonic=clock.monotonic,
    )


def _on_moto(folder: Path, clock: SettableClock) -> Stores:
    server = moto.running()
    server.renew()
    return on_aws(server.environment(), clock)


def _on_dynamodb_local(folder: Path, clock: SettableClock) -> Stores:
    """Open the AWS store on DynamoDB Local, with moto's S3."""
    dynamodb, server = dynamodb_local.running(), moto.running()
    dynamodb.renew()
    server.renew()
    environment = {**server.environment(), **dynamodb.environment()}
    return on_aws(environment, clock, _MAX_ACTIONS_OF_DYNAMODB_LOCAL)


def on_aws(environment: Mapping[str, str], now: Clock, max_actions: int = MAX_ACTIONS) -> Stores:
    """Open the AWS store on existing tables. The settings' defaults are the lifetimes above."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        clients = _clients(environment.get("AWS_ENDPOINT_URL_DYNAMODB"))
        return assemble(clients, Settings(), now, max_actions=max_actions)


@cache
def _clients(dynamodb: str | None) -> Clients:
    """Connect once to each endpoint, as that takes long. Closed clients reopen when used.

    Their calls are recorded if ``RECOGNIZER_RECORD_AWS_CALLS`` is set.
    """
    clients = connect()
    if file := os.environ.get(aws_calls.VARIABLE):
        aws_calls.record([clients.dynamodb, clients.s3], Path(file))
    return clients


STORE_BACKENDS: dict[str, Callable[[Path, SettableClock], Stores]] = {
    "local": _local,
    "aws on moto": _on_moto,
    "aws on DynamoDB Local": _on_dynamodb_local,
}
