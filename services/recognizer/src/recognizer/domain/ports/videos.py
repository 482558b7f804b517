"""Videos: the list of announced segments, and the store of their bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from facecore.contract import PresignedUpload, Video, VideoLink, VideoList


@dataclass(frozen=True, slots=True)
class VideoFilter:
    """Which segments to list, by their start; none means any.

    ``since`` is inclusive, ``until`` exclusive.
    """

    device: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Videos(Protocol):
    """The list of segments, by key."""

    def announce(self, video: Video) -> tuple[Video, bool]:
        """Store the segment unless its key exists; return what is stored, and true if it is new."""
        ...

    def mark_stored(self, key: str) -> Video:
        """Mark the segment's bytes as stored. Raises ``VideoNotFound``."""
        ...

    def get(self, key: str) -> Video:
        """Return the segment. Raises ``VideoNotFound``."""
        ...

    def list(self, wanted: VideoFilter, *, after: str | None, limit: int) -> VideoList:
        """Return a page, newest ``started_at`` first. Raises ``CursorInvalid``."""
        ...

    def begin_removal(self, key: str) -> None:
        """Hide the segment from every other call; its bytes may be deleted from now on.

        An earlier removal that did not end is begun again. Raises ``VideoNotFound``.
        """
        ...

    def end_removal(self, key: str) -> None:
        """Delete the segment's row, once its bytes are deleted."""
        ...


class VideoStore(Protocol):
    """The bytes of the segments. A relative URL is one of the service itself."""

    def presign_upload(self, video: Video) -> PresignedUpload:
        """Return a request that may store exactly the announced bytes and nothing else."""
        ...

    def presign_playback(self, video: Video) -> VideoLink:
        """Return a link that plays the segment until it expires."""
        ...

    def origin(self) -> str | None:
        """Return the links' origin, such as ``https://example.org``; none for the service's own."""
        ...

    def is_stored(self, video: Video) -> bool:
        """Return whether the store has all bytes of the segment."""
        ...

    def remove(self, key: str) -> None:
        """Delete the bytes; do nothing if there are none."""
        ...
