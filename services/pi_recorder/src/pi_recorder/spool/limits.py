"""How much room the spool may take, and what may go when it is short."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ByteSize


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one spool; as they are here, none.

    Attributes:
        max_bytes: that all its files may have together; None for no bound of its own.
        min_free_bytes: that stay free on its disk.
        keep_uploaded: a confirmed segment is kept until its room is needed.
        drop_oldest_queued: when there is no room, what was never uploaded may go.
    """

    max_bytes: int | None = None
    min_free_bytes: int = 0
    keep_uploaded: bool = False
    drop_oldest_queued: bool = False

    def shortage(self, *, used: int, free: int, wanted: int) -> int:
        """Bytes that must go so that ``wanted`` more have room; 0 or less: none."""
        by_disk = self.min_free_bytes + wanted - free
        return by_disk if self.max_bytes is None else max(by_disk, used + wanted - self.max_bytes)

    def explained(self, *, used: int, free: int) -> str:
        """Why there is no room, and what would help."""
        bound = "" if self.max_bytes is None else f" of at most {_size(self.max_bytes)}"
        advice = (
            "bring uploads back, or give it more"
            if self.drop_oldest_queued
            else "bring uploads back, give it more, or let it drop the oldest that wait "
            "(PI_RECORDER_DROP_OLDEST_QUEUED)"
        )
        return (
            f"no room for video: the spool has {_size(used)}{bound}, and its disk {_size(free)} "
            f"free, of which {_size(self.min_free_bytes)} stay free; {advice}"
        )


def _size(amount: int) -> str:
    return ByteSize(amount).human_readable()
