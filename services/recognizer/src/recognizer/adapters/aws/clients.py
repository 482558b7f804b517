"""The clients of DynamoDB and S3: who they are for AWS, how long they wait, how often they try."""

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
"""Tries of one call, the first included; they are 1, 2 and 4 seconds apart at most.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
"""
_CONNECT_S = 1.0
_READ_S = 4.0
"""Between two pieces of an answer. Four tries of one call end after 4 · (1 + 4) + 7 = 27 seconds,
before the 29 that an HTTP API waits for its function."""
_HASTY = Config(
    connect_timeout=1.0, read_timeout=1.5, retries={"mode": "standard", "total_max_attempts": 1}
)
"""Of who asks whether AWS can be used at all: one try, which ends within two and a half seconds."""
_CONNECTIONS = 32
"""Kept open to one service; as many pictures may be worked on at once."""


@dataclass(frozen=True, slots=True)
class Clients:
    """One client a service, and one that gives up early; all are thread-safe."""

    dynamodb: DynamoDBClient
    s3: S3Client
    hasty: DynamoDBClient

    def close(self) -> None:
        """Close their connections."""
        self.dynamodb.close()
        self.hasty.close()
        self.s3.close()


def connect() -> Clients:
    """Clients from what the environment, the AWS profile or the machine's role says.

    Nothing is asked of AWS yet, but of the machine who it is.

    Raises:
        SettingsInvalid: there is no region or there are no credentials, or they can't be read.
    """
    try:
        session = boto3.Session(region_name=os.environ.get("AWS_REGION") or None)
        _check(session)
        return Clients(
            dynamodb=session.client("dynamodb", config=_config()),
            s3=session.client("s3", config=_config().merge(_s3_config())),
            hasty=session.client("dynamodb", config=_config().merge(_HASTY)),
        )
    except (BotoCoreError, ValueError) as error:  # botocore says ValueError of a wrong endpoint
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
    """A link leads to the bucket's own region at once; botocore's default leads to a redirect.

    An endpoint of one's own is taken to serve every bucket under one name.
    """
    own = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    addressing: Literal["path", "virtual"] = "path" if own else "virtual"
    return Config(
        signature_version="s3v4",
        s3={"addressing_style": addressing, "us_east_1_regional_endpoint": "regional"},
    )


@dataclass(frozen=True, slots=True)
class Names:
    """What the tables and buckets are called; ``terraform`` makes them."""

    people: str
    faces: str
    gallery: str
    sightings: str
    crops: str
    videos: str
    devices: str
    videos_bucket: str
    faces_bucket: str
