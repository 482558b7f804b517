"""Videos: a device announces a segment and uploads it with a presigned request."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from facecore.contract.base import (
    MAX_SEGMENT_BYTES,
    Answer,
    DeviceName,
    Request,
    Sha256,
    UtcTime,
    VideoKey,
    Whole,
)


class VideoAnnouncement(Request):
    """The body of ``POST /v1/videos``. A segment that is announced again gets the same key.

    So an announcement after the upload asks whether the segment is stored.
    """

    started_at: UtcTime
    duration_ms: Annotated[Whole, Field(gt=0, le=24 * 3600 * 1000)]
    size_bytes: Annotated[Whole, Field(gt=0, le=MAX_SEGMENT_BYTES)]
    sha256: Sha256
    content_type: Literal["video/mp4"] = "video/mp4"


class PresignedUpload(Answer):
    """A request that stores the segment; its signature is the only permission it needs.

    Send ``method`` to ``url`` with exactly these ``headers``, which fix size, type and checksum.
    The store answers 200 and repeats ``x-amz-checksum-sha256`` once the bytes are stored.
    """

    method: Literal["PUT"] = "PUT"
    url: str
    headers: dict[str, str]
    expires_at: UtcTime


class VideoState(StrEnum):
    """Whether the store has the segment."""

    ANNOUNCED = "announced"
    STORED = "stored"


class VideoTicket(Answer):
    """The answer to an announcement."""

    key: VideoKey
    sha256: Sha256
    """SHA-256 of the announced segment, so that the answer can't be mistaken for another's."""
    state: VideoState
    upload: PresignedUpload | None
    """Null if the store already has the segment."""


class Video(Answer):
    """One segment of video."""

    key: VideoKey
    device: DeviceName
    started_at: UtcTime
    duration_ms: int
    size_bytes: int
    sha256: Sha256
    state: VideoState


class VideoList(Answer):
    """A page of segments, newest first."""

    videos: list[Video]
    next: str | None = None
    """Pass it as ``after`` for the next page; null on the last page."""


class VideoLink(Answer):
    """The answer to ``GET /v1/videos/{key}/url``: a link that needs no token until it expires."""

    url: str
    expires_at: UtcTime
