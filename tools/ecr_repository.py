"""An image repository in Amazon ECR: its images' digests, and Docker's login."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import boto3
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_ecr import ECRClient


class RepositoryError(Exception):
    """ECR can't be reached or refused; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Login:
    """Docker's credentials for a push, valid for twelve hours."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Repository:
    """One image repository.

    Attributes:
        url: ``ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME``.
    """

    url: str
    region: str

    @classmethod
    def at(cls, url: str, region: str) -> Self:
        """Return the repository at this address; raise ``RepositoryError`` if it is not ECR's."""
        host, _, name = url.partition("/")
        if not name or ".dkr.ecr." not in host:
            raise RepositoryError(
                f"{url!r} is not an ECR repository; give one such as "
                "123456789012.dkr.ecr.eu-central-1.amazonaws.com/recognizer"
            )
        return cls(url, region)

    @property
    def host(self) -> str:
        """The registry's host for Docker's login."""
        return self.url.partition("/")[0]

    def digest(self, tag: str) -> str | None:
        """Return the digest of the image with this tag, or None. Raises ``RepositoryError``."""
        try:
            found = self._client().describe_images(
                registryId=self.host.partition(".")[0],
                repositoryName=self.url.partition("/")[2],
                imageIds=[{"imageTag": tag}],
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ImageNotFoundException":
                return None
            raise RepositoryError(f"{self.url} can't be read: {error}") from error
        except BotoCoreError as error:
            raise RepositoryError(f"{self.url} can't be read: {error}") from error
        return found["imageDetails"][0]["imageDigest"]

    def login(self) -> Login:
        """Return credentials for Docker. Raises ``RepositoryError``."""
        try:
            answer = self._client().get_authorization_token()
        except (BotoCoreError, ClientError) as error:
            raise RepositoryError(f"ECR gave no password for the push: {error}") from error
        token = base64.b64decode(answer["authorizationData"][0]["authorizationToken"]).decode()
        user, _, password = token.partition(":")
        return Login(user, password)

    def _client(self) -> ECRClient:
        return boto3.client("ecr", region_name=self.region)
