"""Files that are there after a power cut."""

from __future__ import annotations

import errno
import os
from pathlib import Path

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def is_no_room(error: Exception) -> bool:
    """Whether it says that the disk is full, or that a quota or a file's own limit is reached."""
    return getattr(error, "errno", None) in _NO_ROOM


def sync_file(path: Path) -> None:
    """Writes a file through to the disk. Raises ``OSError``."""
    _sync(path, os.O_RDONLY)


def sync_folder(path: Path) -> None:
    """Writes a folder's names through to the disk. Raises ``OSError``."""
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
