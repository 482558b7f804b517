"""A stand-in for AWS: one moto server for each worker, on loopback, emptied between tests.

A conftest makes the fixtures its own: ``from tests.support.moto import aws, moto``.
"""

from __future__ import annotations

import threading
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from moto.s3.models import s3_backends
from werkzeug.serving import make_server

from recognizer.adapters.aws.clients import Names
from tests.support import aws_resources
from tests.support.aws_resources import REGION
from tests.support.s3_links import App, S3Links

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
CREDENTIALS = {
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": _SECRET,
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""The example keys of AWS's own documentation; the stand-ins take any."""


@dataclass(frozen=True, slots=True)
class Moto:
    """A running server."""

    url: str
    names: Names = aws_resources.NAMES

    def environment(self) -> dict[str, str]:
        """Return the environment in which boto3 and the recognizer use this server."""
        return {**CREDENTIALS, "AWS_ENDPOINT_URL": self.url, **aws_resources.environment()}

    def reset(self) -> None:
        """Delete everything, tables and buckets included."""
        with _TURN:
            moto_api_backend.reset()

    def renew(self) -> None:
        """Delete everything, and create empty tables and buckets."""
        tables, buckets, owners = _empty_stores(self)
        with _TURN:
            moto_api_backend.reset()
            dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables = deepcopy(tables)
            s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets = deepcopy(buckets)
            s3_backends.bucket_accounts.update(owners)

    def dynamodb(self) -> DynamoDBClient:
        """A plain client of this server."""
        return _dynamodb(self.url)

    def s3(self) -> S3Client:
        """A plain client of this server."""
        return _s3(self.url)


@pytest.fixture(scope="session")
def moto() -> Moto:
    """Return the server of this process; it starts at the first use and ends with the process."""
    return running()


@pytest.fixture
def aws(moto: Moto, monkeypatch: pytest.MonkeyPatch) -> Moto:
    """Create empty tables and buckets, and set the environment for them."""
    for name, value in moto.environment().items():
        monkeypatch.setenv(name, value)
    moto.renew()
    return moto


@cache
def running() -> Moto:
    """The server of this process."""
    server = make_server(
        "127.0.0.1",
        0,
        _OneAtATime(S3Links(DomainDispatcherApplication(create_backend_app), _SECRET)),
        threaded=True,
        request_handler=_Quiet,
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return Moto(f"http://127.0.0.1:{server.port}")


@cache
def _empty_stores(moto: Moto) -> tuple[Any, Any, dict[str, tuple[str, str]]]:
    """Create the tables and buckets once, as that takes long. Return moto's records of them."""
    moto.reset()
    aws_resources.create(moto.dynamodb(), moto.s3())
    tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
    buckets = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets
    return deepcopy(tables), deepcopy(buckets), dict(s3_backends.bucket_accounts)


_TURN = threading.Lock()
"""Held while a request is answered, so that a transaction is atomic, as it is on AWS."""


class _OneAtATime:
    def __init__(self, app: App) -> None:
        self._app = app

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        with _TURN:
            return list(self._app(environ, start_response))


class _Quiet(MotoRequestHandler):
    def log_request(self, *args: object) -> None:
        """Log nothing; a failing test shows enough."""


@cache
def _session() -> boto3.Session:
    return boto3.Session(
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=_SECRET,
        region_name=REGION,
    )


@cache
def _dynamodb(url: str) -> DynamoDBClient:
    return _session().client("dynamodb", endpoint_url=url)


@cache
def _s3(url: str) -> S3Client:
    return _session().client("s3", endpoint_url=url)
