"""The port ``Readiness`` on DynamoDB: one read of a small item, that does not wait for long."""

from __future__ import annotations

from recognizer.adapters.aws.gallery_log import GalleryLog


class AwsReadiness:
    """Reads by a client that gives up early.

    Args:
        log: over such a client.
    """

    def __init__(self, log: GalleryLog) -> None:
        self._log = log

    def gallery_version(self) -> int:
        """See the port."""
        return self._log.head().version
