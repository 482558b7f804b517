"""Rules for how long, and how much, local video is kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from recognizer.domain.errors import StoreUnavailable

FREE_BYTES = 10**9
"""Bytes that video leaves free on its disk, so that the database can always write. On a disk
smaller than ten times this, a tenth of the disk."""


@dataclass(frozen=True, slots=True)
class VideoRules:
    """Rules for the removal of video. None turns a rule off.

    Attributes:
        older_than: remove segments that were announced longer ago.
        keep_bytes: remove the oldest segments until the others take no more than this.
    """

    older_than: timedelta | None
    keep_bytes: int | None


class DiskUsage(Protocol):
    """The result of ``shutil.disk_usage``, in bytes."""

    @property
    def total(self) -> int:
        """Size of the disk."""
        ...

    @property
    def free(self) -> int:
        """Bytes that this user may still write."""
        ...


class VideoSpace:
    """The room for video on a disk.

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
        """Return the limit for all video, in bytes. Raise ``StoreUnavailable``."""
        return self._most(self._measured())

    def allowed(self, stored: int, coming: int = 0) -> int:
        """Return how many of ``stored`` bytes may stay when ``coming`` more are to be written.

        If removing all video would still leave too little room, other files fill the disk. Then
        only the limit counts. Raise ``StoreUnavailable``.
        """
        disk = self._measured()
        fitting = stored + disk.free - _reserve(disk) - coming
        most = self._most(disk)
        return most if fitting < 0 else min(most, fitting)

    def has_room(self, coming: int) -> bool:
        """Return whether ``coming`` bytes can be written now. Raise ``StoreUnavailable``."""
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
                "restore it, or set RECOGNIZER_DATA_DIR to another folder"
            ) from error


def _reserve(disk: DiskUsage) -> int:
    return min(FREE_BYTES, disk.total // 10)
