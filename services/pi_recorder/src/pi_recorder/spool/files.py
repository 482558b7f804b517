"""Files that survive a power cut, and that only their owner can read, because they show people.

Modes do not depend on the umask.
"""

from __future__ import annotations

import errno
import logging
import os
import stat
from pathlib import Path

_log = logging.getLogger(__name__)
FILE_MODE = 0o600
FOLDER_MODE = 0o700
SET_ASIDE = "partial"
"""Folder in the spool for partial segments that could not be recovered."""
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def is_disk_full(error: Exception) -> bool:
    """Return whether an error means a full disk, an exhausted quota or a file size limit."""
    return getattr(error, "errno", None) in _NO_ROOM


def sync_file(path: Path) -> None:
    """Sync a file to the disk. Raises ``OSError``."""
    _sync(path, os.O_RDONLY)


def sync_folder(path: Path) -> None:
    """Sync a folder's entries to the disk. Raises ``OSError``."""
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_private_folder(folder: Path) -> None:
    """Make the folder, or remove the rights of others from an existing one.

    A group's rights stay if others have none, because somebody gave them on purpose.

    Raises:
        OSError: the folder can't be made.
    """
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    found = folder.stat()
    if not found.st_mode & stat.S_IRWXO:
        return
    if found.st_uid == os.geteuid() and not found.st_mode & stat.S_ISVTX:
        try:
            folder.chmod(FOLDER_MODE)
        except OSError as error:  # a file system without modes
            _log.warning("%s: everybody on this machine can look into it: %s", folder, error)
        else:
            _log.warning("%s was open to everybody on this machine; now to its owner only", folder)
    else:
        _log.warning(
            "%s: everybody on this machine can look into it; chmod o= it, or use another", folder
        )


def make_private_file(path: Path) -> None:
    """Make an empty file, or leave an existing one. Raises ``OSError``."""
    os.close(private_opener(str(path), os.O_WRONLY | os.O_CREAT))


def private_opener(path: str, flags: int) -> int:
    """Open a file, for ``open(…, opener=private_opener)``; only its owner can read a new one."""
    return os.open(path, flags | os.O_CLOEXEC, FILE_MODE)
