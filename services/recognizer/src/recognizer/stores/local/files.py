"""Files that appear whole or not at all, and stay when the power goes."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import BinaryIO


def new_name() -> str:
    """A file name that was never used: 128 random bits."""
    return secrets.token_hex(16)


def new_private_file(path: Path) -> BinaryIO:
    """Make a file for its owner alone, whatever the umask. Raises ``OSError``."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def write_whole(data: bytes, partial: Path, target: Path) -> None:
    """Writes ``target`` through a file in the folder ``partial`` of the same file system."""
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
    """Renames a file whose content is synced already, and syncs the folders on the way.

    Folders between ``below`` and the target are made, ``below`` is not: when it is gone, so is what
    was in it, and nothing more is kept there.
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


def sync_folder(folder: Path) -> None:
    """Makes renames and removals in the folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
