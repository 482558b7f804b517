"""Send one segment, and tell failures of this segment from failures of the connection.

Anything between device and store may answer: a captive portal with its page and 200, a proxy with
its own error. Only the contract's ticket and the store's repeated checksum count as an answer to
the segment; everything else is a failure of the connection.

After the upload the segment is announced again: so the service looks into its store, marks the
segment as stored, and says so. A run that was killed before that announces the segment anyway, and
uploads nothing if the store has it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from facecore.contract import PresignedUpload, VideoAnnouncement, VideoState, VideoTicket
from facecore.errors import ApiProblem, ChecksumMismatch, ClientError, UnexpectedAnswer
from pi_recorder.spool import Segment

_OF_THE_SEGMENT = frozenset({400, 404, 409, 411, 412, 413, 415, 422})
"""Statuses that refuse this segment; any other status would refuse the next one too."""


class StoreAway(Exception):
    """Nothing can be sent now."""


class SegmentRejected(Exception):
    """This segment was refused or not confirmed."""


class VideoStore(Protocol):
    """The store of uploaded segments; ``facecore.client.RecognizerClient`` is one."""

    def announce_video(self, announcement: VideoAnnouncement) -> VideoTicket:
        """Announce a segment, or ask whether it is stored. Raises ``ClientError``."""
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
        """Upload a file; return only once the checksum is confirmed. Raises ``ClientError``."""
        ...


def send(
    store: VideoStore,
    segment: Segment,
    *,
    deadline_s: float,
    stall_s: float,
    bytes_per_s: int | None,
) -> str:
    """Send a segment; return its key once the service says that it is stored.

    Raises:
        StoreAway: the store can't be reached, or something else answered.
        SegmentRejected: it was refused, can't be read, or is larger than the contract allows.
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
            _check_stored(store, segment)
    except FileNotFoundError:
        raise
    except ClientError as error:
        failure = SegmentRejected if _is_about_the_segment(error) else StoreAway
        raise failure(str(error)) from error
    except (OSError, ValueError) as error:
        raise SegmentRejected(str(error)) from error
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
        raise StoreAway(f"{ticket.key} is the ticket of another segment; check any proxy or cache")
    if ticket.upload is None and ticket.state is not VideoState.STORED:
        raise SegmentRejected(f"{ticket.key} is not stored, and the server gave no upload link")
    return ticket


def _check_stored(store: VideoStore, segment: Segment) -> None:
    ticket = _announced(store, segment)
    if ticket.state is not VideoState.STORED:
        raise SegmentRejected(f"{ticket.key} was uploaded, but the server does not find it")


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
