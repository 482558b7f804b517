"""Recordings: a device announces a segment and uploads it by a link; the admin plays it.

The bytes are checked where they arrive: by ``entrypoints/http/routes/local_videos.py`` on this
machine, by S3 on AWS. After the upload the device announces the segment again. Then the store is
asked, never the device believed, and the segment is marked as stored. The recorder deletes its copy
(``pi_recorder/uploads/sending.py``) when it has that answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from facecore.contract import (
    Video,
    VideoAnnouncement,
    VideoLink,
    VideoList,
    VideoState,
    VideoTicket,
)
from recognizer.domain.errors import Forbidden, VideoNotFound
from recognizer.domain.ports import VideoFilter, Videos, VideoStore


@dataclass(frozen=True, slots=True)
class Announced:
    """The device's ticket, and whether the segment is new."""

    ticket: VideoTicket
    new: bool


class Recordings:
    """The segments of video; all their keys begin with ``prefix``."""

    def __init__(self, videos: Videos, store: VideoStore, prefix: str) -> None:
        self._videos = videos
        self._store = store
        self._prefix = prefix

    def announce(self, device: str, announcement: VideoAnnouncement) -> Announced:
        """Announce a segment, and return its key and its upload.

        The same segment announced again gets the same key, and no upload once it is stored. Another
        device's announcement has another key, so only the device itself confirms its segment.
        """
        video = Video(
            key=self._key(device, announcement),
            device=device,
            started_at=announcement.started_at,
            duration_ms=announcement.duration_ms,
            size_bytes=announcement.size_bytes,
            sha256=announcement.sha256,
            state=VideoState.ANNOUNCED,
        )
        kept, new = self._videos.announce(video)
        kept = self._confirmed(kept)
        stored = kept.state is VideoState.STORED
        upload = None if stored else self._store.presign_upload(kept)
        ticket = VideoTicket(key=kept.key, sha256=kept.sha256, state=kept.state, upload=upload)
        return Announced(ticket, new)

    def list(self, wanted: VideoFilter, *, after: str | None, limit: int) -> VideoList:
        """Return a page, newest first. Raises ``CursorInvalid``."""
        return self._videos.list(wanted, after=after, limit=limit)

    def link(self, key: str) -> VideoLink:
        """Return a link to play it. Raises ``VideoNotFound``, also if it is not stored yet."""
        video = self._confirmed(self._videos.get(key))
        if video.state is not VideoState.STORED:
            raise VideoNotFound(f"the video {key!r} is announced but not uploaded yet")
        return self._store.presign_playback(video)

    def remove(self, key: str) -> None:
        """Delete a segment, in this order: hide it, delete its bytes, delete its row.

        After a kill in between, another call with the same key finishes the removal.
        Raises ``VideoNotFound``.
        """
        self._videos.begin_removal(key)
        self._store.remove(key)
        self._videos.end_removal(key)

    def _confirmed(self, video: Video) -> Video:
        """Mark it as stored if its bytes are there but the list does not say so."""
        if video.state is VideoState.ANNOUNCED and self._store.is_stored(video):
            return self._videos.mark_stored(video.key)
        return video

    def _key(self, device: str, announcement: VideoAnnouncement) -> str:
        start = announcement.started_at.astimezone(UTC)
        name = f"{_compact(start)}-{announcement.sha256[:12]}.mp4"
        return f"{self._prefix}/{device}/{start:%Y/%m/%d}/{name}"


def device_of(key: str) -> str | None:
    """Return the device that recorded a segment, by its key; none if the key names no device."""
    match key.split("/"):
        case [_, device, _, *_]:
            return device
        case _:
            return None


def check_owner(device: str, key: str) -> None:
    """Raise ``Forbidden`` unless the segment with this key is the device's."""
    if device_of(key) != device:
        raise Forbidden(
            f"the video {key!r} does not belong to the device {device!r}; "
            "send the key that was answered to this device's announcement"
        )


def _compact(moment: datetime) -> str:
    """Return ISO 8601's basic form to the millisecond, such as ``20260314T092653.589Z``."""
    return f"{moment:%Y%m%dT%H%M%S}.{moment.microsecond // 1000:03d}Z"
