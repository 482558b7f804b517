"""The S3 calls that the adapters need: whole objects by name."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

from recognizer.adapters.aws.errors import translate_errors
from recognizer.domain.errors import StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


_MOST_AT_ONCE = 1000
"""Most names in one deletion request."""


class Objects:
    """One bucket. Thread-safe. Every method raises ``StoreUnavailable`` if S3 can't be used."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, name: str, content: bytes) -> None:
        """Store the bytes under a name. S3 compares them with the checksum of the request."""
        with translate_errors("S3"):
            self._client.put_object(
                Bucket=self._bucket, Key=name, Body=content, ChecksumAlgorithm="CRC32"
            )

    def get(self, name: str) -> bytes:
        """Return the bytes, compared with the stored checksum. Raise ``ObjectGone``."""
        with translate_errors("S3"):
            answer = self._client.get_object(Bucket=self._bucket, Key=name, ChecksumMode="ENABLED")
            return answer["Body"].read()

    def names(self, prefix: str) -> list[str]:
        """Return all names that begin with ``prefix``."""
        pages = self._client.get_paginator("list_objects_v2")
        with translate_errors("S3"):
            return [
                found["Key"]
                for page in pages.paginate(Bucket=self._bucket, Prefix=prefix)
                for found in page.get("Contents", [])
            ]

    def remove(self, names: Sequence[str]) -> None:
        """Delete the objects. A missing object is no error."""
        for start in range(0, len(names), _MOST_AT_ONCE):
            self._remove(names[start : start + _MOST_AT_ONCE])

    def _remove(self, names: Sequence[str]) -> None:
        with translate_errors("S3"):
            answer = self._client.delete_objects(
                Bucket=self._bucket,
                Delete={"Objects": [{"Key": name} for name in names], "Quiet": True},
            )
        if failed := answer.get("Errors"):
            raise StoreUnavailable(
                f"S3 did not delete {len(failed)} of {len(names)} objects: {failed[0].get('Code')}"
            )


def new_photo_name(label: str) -> str:
    """Return a name below the person's label, with 128 random bits. No name is used twice.

    The object's key is ``photos/LABEL/RANDOM``; a label holds no slash.
    """
    return f"{photos_of(label)}{secrets.token_hex(16)}"


def photos_of(label: str) -> str:
    """Return the prefix of the names of a person's photos, and of nobody else's."""
    return f"photos/{label}/"


def every_photo(objects: Objects, label: str) -> list[str]:
    """Return the names of all of a person's photos, also those that no record names."""
    return objects.names(photos_of(label))
