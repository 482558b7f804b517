"""DynamoDB's request units and S3's requests that the service's requests need.

They follow from the access patterns of ``adapters/aws``, counted as AWS bills them: a consistent
read of up to 4 KB is one read unit, a write of up to 1 KB one write unit, in a transaction two of
either, and an index's copy of an item one more write. Every item except crops, tracks and a day's
counters is smaller than 1 KB.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from facecore.vision.thumbnails import FACE_CROP_BYTES
from recognizer.domain.ports import FLUSH_EVERY, FLUSH_REQUESTS
from recognizer.settings import Settings
from recognizer.use_cases.cost.deployment import Traffic

_IN_TRANSACTION = 2
_TOKEN = 1
_GALLERY_VERSION = 1
_PERSON = 1

_UNNAMED_SIGHTING = (
    _IN_TRANSACTION  # the sighting under its device
    + 2  # its copies in the index of all, and in that of visits
)
_SIGHTING = (
    _IN_TRANSACTION  # checks that the person still exists
    + _UNNAMED_SIGHTING
    + _IN_TRANSACTION  # its copy under the person's label
)
SIGHTING_BYTES = 2_900
"""Size of a sighting's four copies, each with the 100 bytes that DynamoDB adds to an item."""

CROP_BYTES = FACE_CROP_BYTES + 1_024
"""Most bytes of a match's crop: the picture, the embedding and the quality."""
CROP_WRITES = _IN_TRANSACTION + _IN_TRANSACTION * math.ceil(CROP_BYTES / 1024)
"""The check that the person still exists, and the crop. An unknown person's crop costs less."""
_CROP_QUERY = math.ceil(CROP_BYTES / 4096)
"""The query for a crop of the same visit."""
CROP_READS = 1
"""The check before a crop is kept: whether its sighting was corrected."""

TRACK_BYTES = 4_096
"""Size of a visit's trajectory: about fifty boxes, twenty seconds of somebody who moves."""
_TRACK = (
    math.ceil(TRACK_BYTES / 1024) + 1  # there may be a copy, of when it lasted longer
)

_ANNOUNCED = 1 + 2  # the segment, and its copies in two indexes
_CONFIRMED = (
    1  # the second announcement, which finds the segment
    + _ANNOUNCED  # its state
)
_VIDEO = _ANNOUNCED + _CONFIRMED
_VIDEO_READS = 1
"""The second announcement reads the segment."""
_VIDEO_CHECKS = 2
"""Each announcement asks the bucket for the segment."""
_DEVICE_UPDATE = 1
"""To find a device by its name, or to write when it was seen or its status."""
_DAY_COUNTERS = 3
"""A write of a day's counters, up to 3 KB when all of them are there."""


@dataclass(frozen=True, slots=True)
class Requests:
    """Requests of a month.

    Attributes:
        reads, writes: DynamoDB's read and write units.
        s3_writes: PUT requests.
        s3_reads: GET and HEAD requests.
    """

    reads: float
    writes: float
    s3_writes: float
    s3_reads: float


def recognitions(traffic: Traffic) -> Requests:
    """Return the requests for the pictures, if every counted face is a match.

    An execution environment reads the gallery's version at most once in ``gallery_refresh_s``, and
    no more of them work than there are devices. They write their counters from time to time. The
    time when a device was last seen is written with its status report, which ``reports`` counts.
    """
    faces = traffic.pictures * traffic.faces_per_picture
    refresh_s = Settings.model_fields["gallery_refresh_s"].default
    versions = min(traffic.pictures, traffic.seconds / refresh_s)
    most_often = max(
        traffic.seconds / FLUSH_EVERY.total_seconds(), traffic.pictures / FLUSH_REQUESTS
    )
    written = min(traffic.pictures, most_often)
    return Requests(
        reads=traffic.pictures * _TOKEN
        + versions * _GALLERY_VERSION
        + faces * (_PERSON + (_CROP_QUERY if traffic.crop_days else 0))
        + traffic.crops * CROP_READS,
        writes=faces * _SIGHTING + traffic.crops * CROP_WRITES + written * _DAY_COUNTERS,
        s3_writes=0,
        s3_reads=0,
    )


def reports(traffic: Traffic) -> Requests:
    """Return the requests for status reports; each stores the status and the last-seen time."""
    return Requests(
        reads=traffic.reports * (_TOKEN + 2 * _DEVICE_UPDATE),
        writes=traffic.reports * 2 * _DEVICE_UPDATE,
        s3_writes=0,
        s3_reads=0,
    )


def tracks(traffic: Traffic) -> Requests:
    """Return the requests for tracks; the last-seen time is written with the status reports."""
    return Requests(
        reads=traffic.tracks * _TOKEN, writes=traffic.tracks * _TRACK, s3_writes=0, s3_reads=0
    )


def counted(
    *,
    requests: int,
    recognitions: int,
    named: int,
    unnamed: int,
    videos: int,
    crops: int,
    tracks: int = 0,
) -> Requests:
    """Return roughly what counted requests used; a small one counts as one read of its token."""
    return Requests(
        reads=requests * _TOKEN
        + recognitions * _GALLERY_VERSION
        + named * _PERSON
        + (named + unnamed) * _CROP_QUERY
        + crops * CROP_READS
        + videos * _VIDEO_READS,
        writes=named * _SIGHTING
        + unnamed * _UNNAMED_SIGHTING
        + crops * CROP_WRITES
        + videos * _VIDEO
        + tracks * _TRACK,
        s3_writes=videos,
        s3_reads=videos * _VIDEO_CHECKS,
    )


def uploads(traffic: Traffic) -> Requests:
    """Return the requests for segments: two announcements with a check in the bucket, an upload."""
    return Requests(
        reads=traffic.announcements * _TOKEN + traffic.segments * _VIDEO_READS,
        writes=traffic.segments * _VIDEO,
        s3_writes=traffic.segments,
        s3_reads=traffic.segments * _VIDEO_CHECKS,
    )
