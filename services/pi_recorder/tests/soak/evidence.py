"""The evidence afterwards: videos, verified by checksum, and the recorded losses."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import av

from facecore.contract import VideoState
from pi_recorder.spool import Segment
from pi_recorder.spool.loss_journal import LossKind, read_losses
from pi_recorder.testing import picture_number
from tests.support.api import Api

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class FoundFrame:
    """A frame of a video: when it was captured, and the number in its picture (modulo 65536)."""

    captured_at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class FoundVideo:
    """A video with the length that it was announced with."""

    name: str
    duration: timedelta
    frames: list[FoundFrame]


@dataclass(frozen=True, slots=True)
class Missing:
    """A period whose video the recorder reports as lost."""

    kind: LossKind
    since: datetime
    until: datetime


class WrongChecksum(Exception):
    """A video's bytes do not fit the checksum in its name or its record."""


def at_the_store(api: Api) -> Iterator[FoundVideo]:
    """Return the videos in the store. Raises ``WrongChecksum``."""
    after = None
    while True:
        page = api.admin.videos(after=after, limit=500)
        for video in page.videos:
            if video.state is VideoState.STORED:
                content = api.open_link(api.admin.video_link(video.key).url).content
                duration = video.duration_ms * _MILLISECOND
                yield _read(video.key, content, video.sha256, video.started_at, duration)
        after = page.next
        if after is None:
            return


def in_the_spool(folder: Path) -> Iterator[FoundVideo]:
    """Return the queued videos, and those uploaded and kept. Raises ``WrongChecksum``."""
    for path in [*folder.glob("*.mp4"), *folder.glob("uploaded/*.mp4")]:
        if segment := Segment.at(path):
            duration = segment.duration_ms * _MILLISECOND
            content = path.read_bytes()
            yield _read(path.name, content, segment.sha256, segment.started_at, duration)


def missing(folder: Path) -> Iterator[Missing]:
    """Return the losses that the spool reports."""
    for loss in read_losses(folder / "losses.jsonl"):
        if loss.seconds is not None:
            yield Missing(loss.kind, loss.at, loss.at + timedelta(seconds=loss.seconds))


def _read(
    name: str, content: bytes, sha256: str, started_at: datetime, duration: timedelta
) -> FoundVideo:
    if hashlib.sha256(content).hexdigest() != sha256:
        raise WrongChecksum(name)
    with av.open(io.BytesIO(content), "r") as container:
        frames = [
            FoundFrame(started_at + timedelta(seconds=picture.time or 0.0), picture_number(picture))
            for picture in container.decode(video=0)
        ]
    return FoundVideo(name, duration, frames)
