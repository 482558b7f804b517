"""The port ``VideoStore`` on S3: presigned requests, so that no device needs AWS credentials.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from facecore.contract import PresignedUpload, Video, VideoLink
from recognizer.domain.errors import StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

logger = logging.getLogger(__name__)

_VIDEO_TYPE = "video/mp4"


class AwsVideoStore:
    """Segments as objects named by their keys."""

    def __init__(self, s3: S3Client, bucket: str, link_lifetime: timedelta) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._lifetime = link_lifetime

    def presign_upload(self, video: Video) -> PresignedUpload:
        """Return an upload link. Its signature covers key, size, checksum and type."""
        url = self._presigned(
            "put_object",
            {
                **self._object(video.key),
                "ContentType": _VIDEO_TYPE,
                "ContentLength": video.size_bytes,
                "ChecksumSHA256": _checksum(video),
            },
        )
        headers = {
            "content-type": _VIDEO_TYPE,
            "content-length": str(video.size_bytes),
            "x-amz-checksum-sha256": _checksum(video),
        }
        return PresignedUpload(url=url, headers=headers, expires_at=_expiry(url))

    def presign_playback(self, video: Video) -> VideoLink:
        """Return a playback link: ``video/mp4``, not cached; a player may request ranges."""
        url = self._presigned(
            "get_object",
            {
                **self._object(video.key),
                "ResponseContentType": _VIDEO_TYPE,
                "ResponseCacheControl": "no-store",
            },
        )
        return VideoLink(url=url, expires_at=_expiry(url))

    def origin(self) -> str:
        """Return the origin of the links with these settings. Send no request to AWS."""
        link = urlsplit(self._presigned("list_objects_v2", {"Bucket": self._bucket}))
        return f"{link.scheme}://{link.netloc}"

    def is_stored(self, video: Video) -> bool:
        """Return whether the object has the announced size, and checksum if S3 reports one."""
        try:
            with _translate_errors():
                found = self._s3.head_object(**self._object(video.key), ChecksumMode="ENABLED")
        except _Missing:
            return False
        right = _checksum(video)
        return (
            found["ContentLength"] == video.size_bytes
            and found.get("ChecksumSHA256", right) == right
        )

    def remove(self, key: str) -> None:
        """Delete the object. A versioned bucket keeps its versions as long as configured."""
        with _translate_errors():
            self._s3.delete_object(**self._object(key))

    def _object(self, key: str) -> Any:
        return {"Bucket": self._bucket, "Key": key}

    def _presigned(self, call: str, parameters: dict[str, Any]) -> str:
        with _translate_errors():
            return self._s3.generate_presigned_url(
                call, Params=parameters, ExpiresIn=int(self._lifetime.total_seconds())
            )


class _Missing(Exception):
    """No such object."""


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code")
        if code in ("404", "NoSuchKey"):
            raise _Missing from error
        # AWS's message names accounts and roles: it is for the log, not for the caller.
        logger.warning("S3 refuses: %s", error)
        raise StoreUnavailable(f"S3 refuses {error.operation_name}: {code}") from error
    except BotoCoreError as error:
        raise StoreUnavailable(f"S3 can't be used: {error}") from error


def _checksum(video: Video) -> str:
    return base64.b64encode(bytes.fromhex(video.sha256)).decode()


def _expiry(url: str) -> datetime:
    """Return the link's expiry, from its time of signing and its lifetime in seconds."""
    query = parse_qs(urlsplit(url).query)
    signed = datetime.strptime(query["X-Amz-Date"][0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return signed + timedelta(seconds=int(query["X-Amz-Expires"][0]))
