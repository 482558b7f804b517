"""How long, and how much, local video is kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from recognizer.domain.errors import StoreUnavailable

FREE_BYTES = 10**9
"""Room that video leaves on its disk, so that the database can always write. On a disk of less
than ten times as much, a tenth of the disk."""


@dataclass(frozen=True, slots=True)
class VideoRules:
    """What is removed; None switches a rule off.

    Attributes:
        older_than: a segment that was announced longer ago.
        keep_bytes: the oldest segments, until all others take no more than this.
    """

    older_than: timedelta | None
    keep_bytes: int | None


class DiskUsage(Protocol):
    """As ``shutil.disk_usage`` answers it, in bytes."""

    @property
    def total(self) -> int:
        """Size of the disk."""
        ...

    @property
    def free(self) -> int:
        """What this user may still write."""
        ...


class VideoSpace:
    """How many bytes of video fit.

    Args:
        folder: where the video is.
        most_bytes: never more than this; None: half of the disk.
        usage: measures the disk.
    """

    def __init__(
        self,
        folder: Path,
        most_bytes: int | None,
        usage: Callable[[Path], DiskUsage] = shutil.disk_usage,
    ) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._usage = usage

    def most_bytes(self) -> int:
        """The limit for all video. Raises ``StoreUnavailable``."""
        return self._most(self._measured())

    def allowed(self, stored: int, coming: int = 0) -> int:
        """Bytes that may stay of ``stored``, when ``coming`` more are to be written.

        Where even no video at all would leave too little room, the disk is full of other things;
        then removing video does not help, and the limit alone counts. Raises ``StoreUnavailable``.
        """
        disk = self._measured()
        fitting = stored + disk.free - _reserve(disk) - coming
        most = self._most(disk)
        return most if fitting < 0 else min(most, fitting)

    def has_room(self, coming: int) -> bool:
        """Whether so many bytes can be written now. Raises ``StoreUnavailable``."""
        disk = self._measured()
        return disk.free - coming >= _reserve(disk)

    def _most(self, disk: DiskUsage) -> int:
        return disk.total // 2 if self._most_bytes is None else self._most_bytes

    def _measured(self) -> DiskUsage:
        try:
            return self._usage(self._folder)
        except OSError as error:
            raise StoreUnavailable(
                f"the folder {self._folder} can't be used: {error.strerror}; "
                "give it back, or set RECOGNIZER_DATA_DIR to another"
            ) from error


def _reserve(disk: DiskUsage) -> int:
    return min(FREE_BYTES, disk.total // 10)
