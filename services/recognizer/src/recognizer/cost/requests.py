"""What a request reads and writes: DynamoDB's request units and S3's requests.

From the access patterns of ``stores/aws``, counted as AWS bills them: a consistent read of up to
4 KB is one read unit, a write of up to 1 KB one write unit, in a transaction two of either, and an
index's copy of an item one more write. Every item here is smaller than 1 KB.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

from __future__ import annotations

from dataclasses import dataclass

from recognizer.auth import TOUCH_EVERY
from recognizer.cost.traffic import Traffic
from recognizer.settings import Settings

_IN_TRANSACTION = 2
_TOKEN = 1
_GALLERY_VERSION = 1
_PERSON = 1

_SIGHTING = (
    _IN_TRANSACTION  # is the person still there
    + _IN_TRANSACTION  # the sighting under its device
    + 1  # its copy in the index of all
    + _IN_TRANSACTION  # its copy under the person's label
)
SIGHTING_BYTES = 1_800
"""Of a sighting's three copies, each with the 100 bytes that DynamoDB adds to an item."""

_VIDEO = 1 + 2  # the segment, and its copies in two indexes
_TOUCH_READS, _TOUCH_WRITES = 1, 1


@dataclass(frozen=True, slots=True)
class Requests:
    """Of a month.

    Attributes:
        s3_writes: PUT requests.
        s3_reads: GET and HEAD requests.
    """

    reads: float
    writes: float
    s3_writes: float
    s3_reads: float


def recognitions(traffic: Traffic) -> Requests:
    """Of the pictures, when every face counted is a match.

    An execution environment reads the gallery's version at most once in ``gallery_refresh_s``, and
    there are no more of them at work than devices.
    """
    faces = traffic.pictures * traffic.faces_per_picture
    refresh_s = Settings.model_fields["gallery_refresh_s"].default
    versions = min(traffic.pictures, traffic.seconds / refresh_s)
    touches = min(traffic.pictures, traffic.seconds / TOUCH_EVERY.total_seconds())
    return Requests(
        reads=traffic.pictures * _TOKEN
        + versions * _GALLERY_VERSION
        + faces * _PERSON
        + touches * _TOUCH_READS,
        writes=faces * _SIGHTING + touches * _TOUCH_WRITES,
        s3_writes=0,
        s3_reads=0,
    )


def uploads(traffic: Traffic) -> Requests:
    """Of the video's segments: announced, looked for in the bucket, put there by the recorder."""
    return Requests(
        reads=traffic.segments * _TOKEN,
        writes=traffic.segments * _VIDEO,
        s3_writes=traffic.segments,
        s3_reads=traffic.segments,
    )
