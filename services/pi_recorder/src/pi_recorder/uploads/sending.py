"""Sends one segment, and tells what a failure is about: this segment, or the way to the store.

Whatever stands in between may answer: a captive portal with its page and 200, a proxy with its
own error. Only the contract's ticket and the store's repeated checksum count as an answer to the
segment; everything else is about the way.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from facecore.contract import PresignedUpload, VideoAnnouncement, VideoState, VideoTicket
from facecore.errors import ApiProblem, ChecksumMismatch, ClientError, UnexpectedAnswer
from pi_recorder.spool import Segment

_OF_THE_SEGMENT = frozenset({400, 404, 409, 411, 412, 413, 415, 422})
"""Of a refusal with any other status the next segment would meet the same."""


class StoreAway(Exception):
    """Nothing can be sent now."""


class SegmentNotTaken(Exception):
    """This segment was refused, or not confirmed."""


class VideoStore(Protocol):
    """Where segments go; ``facecore.client.RecognizerClient`` is one."""

    def announce_video(self, announcement: VideoAnnouncement) -> VideoTicket:
        """Announces a segment. Raises ``ClientError``."""
        ...

    def upload(
        self,
        upload: PresignedUpload,
        path: Path,
        *,
        deadline_s: float = ...,
        stall_s: float | None = ...,
        bytes_per_s: int | None = ...,
    ) -> None:
        """Returns only once the checksum is confirmed. Raises ``ClientError``."""
        ...


def send(
    store: VideoStore,
    segment: Segment,
    *,
    deadline_s: float,
    stall_s: float,
    bytes_per_s: int | None,
) -> str:
    """The store's key, once it has confirmed the segment's checksum.

    Raises:
        StoreAway: the way there is closed, or not the store answered.
        SegmentNotTaken: it was refused, can't be read, or is larger than the contract allows.
        FileNotFoundError: its file is gone.
    """
    try:
        ticket = _announced(store, segment)
        if ticket.upload is not None:
            store.upload(
                ticket.upload,
                segment.path,
                deadline_s=deadline_s,
                stall_s=stall_s,
                bytes_per_s=bytes_per_s,
            )
    except FileNotFoundError:
        raise
    except ClientError as error:
        failure = SegmentNotTaken if _is_about_the_segment(error) else StoreAway
        raise failure(str(error)) from error
    except (OSError, ValueError) as error:
        raise SegmentNotTaken(str(error)) from error
    return ticket.key


def _announced(store: VideoStore, segment: Segment) -> VideoTicket:
    ticket = store.announce_video(
        VideoAnnouncement(
            started_at=segment.started_at,
            duration_ms=segment.duration_ms,
            size_bytes=segment.path.stat().st_size,
            sha256=segment.sha256,
        )
    )
    if ticket.sha256 != segment.sha256:
        raise StoreAway(f"{ticket.key} is the ticket of another segment; something mixes them up")
    if ticket.upload is None and ticket.state is not VideoState.STORED:
        raise SegmentNotTaken(f"{ticket.key} is not stored, and no way to store it was given")
    return ticket


def _is_about_the_segment(error: ClientError) -> bool:
    match error:
        case ChecksumMismatch():
            return True
        case ApiProblem(status=status):
            return status in _OF_THE_SEGMENT
        case UnexpectedAnswer(status=status, content_type=kind):
            return status in _OF_THE_SEGMENT and kind != "text/html"
        case _:
            return False
