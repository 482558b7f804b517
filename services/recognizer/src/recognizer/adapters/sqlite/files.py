"""Files that appear whole or not at all, and survive a power cut."""

from __future__ import annotations

import logging
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


def new_name() -> str:
    """Return a file name that was never used: 128 random bits."""
    return secrets.token_hex(16)


def new_private_file(path: Path) -> BinaryIO:
    """Make a file that only its owner may use, whatever the umask. Raise ``OSError``."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def write_whole(data: bytes, partial: Path, target: Path) -> None:
    """Write ``target`` by way of a file in the folder ``partial`` of the same file system."""
    temporary = partial / new_name()
    try:
        with new_private_file(temporary) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        move_into_place(temporary, target, below=target.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def move_into_place(temporary: Path, target: Path, *, below: Path) -> None:
    """Rename a file whose content is synced already, and sync the folders on the way.

    Make the folders between ``below`` and the target, but never ``below``: if it is missing, its
    content is lost, and nothing more may be stored there.
    """
    made = _make_folders(target.parent, below)
    temporary.replace(target)
    sync_folder(target.parent)
    for folder in made:
        sync_folder(folder.parent)


def _make_folders(folder: Path, below: Path) -> list[Path]:
    inner = [path for path in (folder, *folder.parents) if below in path.parents]
    missing = [path for path in reversed(inner) if not path.exists()]
    for path in missing:
        path.mkdir(mode=0o700, exist_ok=True)
    return missing


def remove_empty_folders(folder: Path, *, up_to: Path) -> None:
    """Remove the folder and its parents below ``up_to``, up to one that holds other files."""
    with suppress(OSError):  # it holds other files, or is gone
        while folder != up_to:
            folder.rmdir()
            folder = folder.parent


def sync_folder(folder: Path) -> None:
    """Sync the folder, so that its renames and removals are durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


logger = logging.getLogger(__name__)

RESERVE_BYTES = 4 * 2**20


class Reserve:
    """A file that takes up room, so that a deletion has some when the disk is full.

    SQLite writes before it deletes: it writes the pages without the rows to its log. On a full disk
    a deletion removes the reserve, deletes, and makes the reserve again from the free space. The
    file holds random bytes, since a file system may compress anything else.

    Thread-safe: while one deletion uses the room, others wait.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def make(self) -> None:
        """Make the reserve, as large as there is room for. Quick if it is complete."""
        with self._lock:
            self._make()

    @contextmanager
    def given_up(self) -> Iterator[None]:
        """Free the room inside the context."""
        with self._lock:
            self._path.unlink(missing_ok=True)
            try:
                yield
            finally:
                self._make()

    def _make(self) -> None:
        try:
            missing = RESERVE_BYTES - self._size()
            if missing > 0:
                self._grow(missing)
        except OSError as error:
            logger.warning(
                "only %d of %d bytes can be reserved in %s (%s), so a deletion may fail when the "
                "disk is full; free some space",
                self._size(),
                RESERVE_BYTES,
                self._path.parent,
                error.strerror,
            )

    def _size(self) -> int:
        try:
            return self._path.stat().st_size
        except FileNotFoundError:
            return 0

    def _grow(self, missing: int) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            while missing > 0:
                missing -= os.write(descriptor, os.urandom(missing))
        finally:
            os.close(descriptor)
