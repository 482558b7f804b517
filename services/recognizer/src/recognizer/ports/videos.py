"""Videos: what was announced, and where the bytes go."""

from __future__ import annotations

from typing import Protocol

from facecore.contract import PresignedUpload, Video, VideoLink, VideoList


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

    def list(self, *, device: str | None, after: str | None, limit: int) -> VideoList:
        """Newest ``started_at`` first. Raises ``CursorInvalid``."""
        ...


class VideoStore(Protocol):
    """The bytes of the segments. A URL may be relative: then it is the service's own."""

    def presign_upload(self, video: Video) -> PresignedUpload:
        """A request that stores exactly the announced bytes, without any other right."""
        ...

    def presign_playback(self, video: Video) -> VideoLink:
        """A link that plays the segment until it expires."""
        ...

    def is_stored(self, video: Video) -> bool:
        """Whether the store has all the bytes."""
        ...
