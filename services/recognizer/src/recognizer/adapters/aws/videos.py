"""The ports ``Videos`` on DynamoDB, where two indexes list the segments, and ``VideoStore`` on S3.

Devices get presigned requests, so they need no AWS credentials.
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from boto3.dynamodb.conditions import Attr

from facecore.contract import PresignedUpload, Video, VideoLink, VideoList, VideoState
from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.dynamo import Dynamo
from recognizer.adapters.aws.dynamo_requests import AttributeUpdates
from recognizer.adapters.aws.errors import ConditionFailed, ObjectGone, translate_errors
from recognizer.adapters.aws.items import Item, expires_at, unexpired
from recognizer.adapters.aws.timeline import Partition, Wanted, newest, shard, shards, sort_key
from recognizer.adapters.damage import readable_rows
from recognizer.domain.clock import Clock
from recognizer.domain.errors import VideoNotFound
from recognizer.domain.ports import VideoFilter

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


_VIDEO_TYPE = "video/mp4"


class AwsVideos:
    """Segments, found by key.

    Args:
        lifetime: how long the bucket keeps a segment after its upload; None: for ever.
    """

    def __init__(
        self, dynamo: Dynamo, names: Names, lifetime: timedelta | None, now: Clock
    ) -> None:
        self._dynamo = dynamo
        self._table = names.videos
        self._lifetime = lifetime
        self._now = now

    def announce(self, video: Video) -> tuple[Video, bool]:
        """Store the segment unless its key exists. Replace an expired or unreadable item.

        The bucket has removed the object of an expired item.
        """
        now_s = int(self._now().timestamp())
        gone = Attr("key").not_exists() | Attr("expires_at").lte(now_s)
        try:
            self._dynamo.put(self._table, self._item(video), gone)
        except ConditionFailed:
            if (kept := self._found(video.key)) is not None:
                return kept, False
            self._replace(video)
        return video, True

    def mark_stored(self, key: str) -> Video:
        """Set the segment's state to stored."""
        stored = VideoState.STORED
        change = AttributeUpdates({"state": stored.value})
        there = Attr("key").exists() & Attr("removing").not_exists()
        try:
            before = self._dynamo.update(self._table, {"key": key}, change, there)
        except ConditionFailed as error:
            raise VideoNotFound.of(key) from error
        for video in _read([{**before, "state": stored.value}]):
            return video
        raise VideoNotFound.of(key)

    def get(self, key: str) -> Video:
        """Return the segment. Raise ``VideoNotFound``."""
        video = self._found(key)
        if video is None:
            raise VideoNotFound.of(key)
        return video

    def list(self, wanted: VideoFilter, *, after: str | None, limit: int) -> VideoList:
        """Return a page, newest first. The index lags, so the latest segments may be missing."""
        partitions = (
            shards(self._table, "by_time")
            if wanted.device is None
            else (Partition(self._table, "device", wanted.device, "by_device"),)
        )
        between = Wanted(wanted.since, wanted.until, unexpired(self._now()))
        page = newest(self._dynamo, partitions, between, after=after, limit=limit)
        return VideoList(videos=_read(page.items), next=page.next)

    def _replace(self, video: Video) -> None:
        """Replace an item that can't be read, unless it is being removed."""
        try:
            kept = Attr("removing").not_exists()
            self._dynamo.put(self._table, self._item(video), kept)
        except ConditionFailed as error:
            raise VideoNotFound.of(video.key) from error

    def _found(self, key: str) -> Video | None:
        item = self._dynamo.get(self._table, {"key": key})
        if item is None or "removing" in item or self._is_expired(item):
            return None
        return next(iter(_read([item])), None)

    def begin_removal(self, key: str) -> None:
        """Remove the item from both indexes, so that no list has it."""
        hide = AttributeUpdates({"removing": 1}, remove=("shard", "moment"))
        there = Attr("key").exists()
        try:
            self._dynamo.update(self._table, {"key": key}, hide, there)
        except ConditionFailed as error:
            raise VideoNotFound.of(key) from error

    def end_removal(self, key: str) -> None:
        """Delete the item, unless the segment was announced again meanwhile."""
        begun = Attr("removing").exists()
        with suppress(ConditionFailed):
            self._dynamo.delete(self._table, {"key": key}, begun)

    def _is_expired(self, item: Item) -> bool:
        at = item.get("expires_at")
        return at is not None and int(at) <= int(self._now().timestamp())

    def _item(self, video: Video) -> Item:
        item: Item = {
            "key": video.key,
            "device": video.device,
            "moment": sort_key(video.started_at, video.key),
            "shard": shard(video.key),
            "state": video.state.value,
            "body": video.model_dump_json(),
        }
        if self._lifetime is None:
            return item
        return {**item, "expires_at": expires_at(self._now(), self._lifetime)}


def _read(items: Sequence[Item]) -> list[Video]:
    return readable_rows("video", items, _video, lambda item: item["key"])


def _video(item: Item) -> Video:
    """Return the announced segment, with the state of the item."""
    announced = Video.model_validate_json(str(item["body"]))
    return announced.model_copy(update={"state": VideoState(str(item["state"]))})


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
            with translate_errors("S3"):
                found = self._s3.head_object(**self._object(video.key), ChecksumMode="ENABLED")
        except ObjectGone:
            return False
        right = _checksum(video)
        return (
            found["ContentLength"] == video.size_bytes
            and found.get("ChecksumSHA256", right) == right
        )

    def remove(self, key: str) -> None:
        """Delete the object. A versioned bucket keeps its versions as long as configured."""
        with translate_errors("S3"):
            self._s3.delete_object(**self._object(key))

    def _object(self, key: str) -> Any:
        return {"Bucket": self._bucket, "Key": key}

    def _presigned(self, call: str, parameters: dict[str, Any]) -> str:
        with translate_errors("S3"):
            return self._s3.generate_presigned_url(
                call, Params=parameters, ExpiresIn=int(self._lifetime.total_seconds())
            )


def _checksum(video: Video) -> str:
    return base64.b64encode(bytes.fromhex(video.sha256)).decode()


def _expiry(url: str) -> datetime:
    """Return the link's expiry, from its time of signing and its lifetime in seconds."""
    query = parse_qs(urlsplit(url).query)
    signed = datetime.strptime(query["X-Amz-Date"][0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return signed + timedelta(seconds=int(query["X-Amz-Expires"][0]))
