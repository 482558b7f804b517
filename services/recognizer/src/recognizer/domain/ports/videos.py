"""Videos: what was announced, and where the bytes go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from facecore.contract import PresignedUpload, Video, VideoLink, VideoList


@dataclass(frozen=True, slots=True)
class VideoFilter:
    """Which segments to list, by their start; none means any. ``since`` is in, ``until`` is out."""

    device: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Videos(Protocol):
    """The list of segments, by key."""

    def announce(self, video: Video) -> tuple[Video, bool]:
        """Keeps it unless the key is there; what is kept, and true when it is new."""
        ...

    def mark_stored(self, key: str) -> Video:
        """Notes that the bytes are safe. Raises ``VideoNotFound``."""
        ...

    def get(self, key: str) -> Video:
        """Raises ``VideoNotFound``."""
        ...

    def list(self, wanted: VideoFilter, *, after: str | None, limit: int) -> VideoList:
        """Newest ``started_at`` first. Raises ``CursorInvalid``."""
        ...

    def begin_removal(self, key: str) -> None:
        """Hide the segment from every other call; its bytes may be deleted from now on.

        A removal that was begun before and not ended is begun again. Raises ``VideoNotFound``.
        """
        ...

    def end_removal(self, key: str) -> None:
        """Delete the segment's row, once its bytes are deleted."""
        ...


class VideoStore(Protocol):
    """The bytes of the segments. A URL may be relative: then it is the service's own."""

    def presign_upload(self, video: Video) -> PresignedUpload:
        """A request that stores exactly the announced bytes, without any other right."""
        ...

    def presign_playback(self, video: Video) -> VideoLink:
        """A link that plays the segment until it expires."""
        ...

    def origin(self) -> str | None:
        """Where links lead, such as ``https://example.org``; none when to the service itself."""
        ...

    def is_stored(self, video: Video) -> bool:
        """Whether the store has all the bytes."""
        ...

    def remove(self, key: str) -> None:
        """Delete the bytes; bytes that are not there are no error."""
        ...
