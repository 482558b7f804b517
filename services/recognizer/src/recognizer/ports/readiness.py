"""Port: whether the store can be used now."""

from __future__ import annotations

from typing import Protocol


class Readiness(Protocol):
    """Says soon whether the store can be used, for anybody asks and nobody pays for it."""

    def gallery_version(self) -> int:
        """Return the gallery's version, read from the store itself within a few seconds.

        Raises:
            StoreUnavailable: it can't be read or written; the message says why.
        """
        ...
