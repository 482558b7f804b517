"""Files that survive a power cut, and that only their owner can read: recordings show people.

Modes are set whatever the umask is.
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
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def is_disk_full(error: Exception) -> bool:
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


def make_private_folder(folder: Path) -> None:
    """Make the folder, or close one that everybody can look into.

    Rights of a group stay where others have none, for somebody gave them on purpose.

    Raises:
        OSError: it can't be made.
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
    """Make an empty file, or leave the one that is there. Raises ``OSError``."""
    os.close(private_opener(str(path), os.O_WRONLY | os.O_CREAT))


def private_opener(path: str, flags: int) -> int:
    """Open a file as ``open(…, opener=private_opener)`` does; a new one is its owner's alone."""
    return os.open(path, flags | os.O_CLOEXEC, FILE_MODE)
