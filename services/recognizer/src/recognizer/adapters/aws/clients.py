"""The clients of DynamoDB and S3: credentials, timeouts and retries."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from recognizer.domain.errors import SettingsInvalid

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client


_ATTEMPTS = 4
"""Attempts of one call, with the first; at most 1, 2 and 4 seconds apart.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
"""
_CONNECT_S = 1.0
_READ_S = 4.0
"""Timeout between two parts of a response. Four attempts of one call end after
4 · (1 + 4) + 7 = 27 seconds, before the 29 that an HTTP API waits for its function."""
_FAIL_FAST = Config(
    connect_timeout=1.0, read_timeout=1.5, retries={"mode": "standard", "total_max_attempts": 1}
)
"""For health checks: one attempt, which ends within two and a half seconds."""
_CONNECTIONS = 32
"""Open connections to one service; as many pictures may be processed at once."""


@dataclass(frozen=True, slots=True)
class Clients:
    """One client for each service, and one that fails fast. All are thread-safe."""

    dynamodb: DynamoDBClient
    s3: S3Client
    fail_fast: DynamoDBClient

    def close(self) -> None:
        """Close their connections."""
        self.dynamodb.close()
        self.fail_fast.close()
        self.s3.close()


def connect() -> Clients:
    """Make clients from the environment, the AWS profile or the machine's role.

    This sends no request to DynamoDB or S3, but may request the machine's credentials.

    Raises:
        SettingsInvalid: there is no region or there are no credentials, or they can't be read.
    """
    try:
        session = boto3.Session(region_name=os.environ.get("AWS_REGION") or None)
        _check(session)
        return Clients(
            dynamodb=session.client("dynamodb", config=_config()),
            s3=session.client("s3", config=_config().merge(_s3_config())),
            fail_fast=session.client("dynamodb", config=_config().merge(_FAIL_FAST)),
        )
    except (BotoCoreError, ValueError) as error:  # botocore raises ValueError for a bad endpoint
        raise SettingsInvalid(f"AWS can't be reached with these settings: {error}") from error


def _check(session: boto3.Session) -> None:
    if session.region_name is None:
        raise SettingsInvalid("no AWS region is known; set AWS_REGION, such as eu-central-1")
    if session.get_credentials() is None:
        raise SettingsInvalid(
            "no AWS credentials are found; sign in with `aws configure` or `aws sso login`, name a "
            "profile in AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )


def _config() -> Config:
    return Config(
        connect_timeout=_CONNECT_S,
        read_timeout=_READ_S,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        max_pool_connections=_CONNECTIONS,
        tcp_keepalive=True,
    )


def _s3_config() -> Config:
    """Return a configuration whose links use the bucket's region, without a redirect.

    A custom endpoint is assumed to serve every bucket under one host name.
    """
    own = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    addressing: Literal["path", "virtual"] = "path" if own else "virtual"
    return Config(
        signature_version="s3v4",
        s3={"addressing_style": addressing, "us_east_1_regional_endpoint": "regional"},
    )


@dataclass(frozen=True, slots=True)
class Names:
    """The names of the tables and buckets, which ``terraform`` creates."""

    people: str
    faces: str
    gallery: str
    sightings: str
    crops: str
    videos: str
    devices: str
    videos_bucket: str
    faces_bucket: str
