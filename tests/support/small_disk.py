"""A small disk: a file system of a megabyte, where one may be mounted."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoSmallDisk(Exception):
    """No small disk can be mounted here; the message says why."""


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """Mount a tmpfs of so many bytes, which needs root.

    Raises:
        NoSmallDisk: the system refuses.
    """
    folder.mkdir()
    if os.geteuid() != 0:
        raise NoSmallDisk("only root may mount a file system")
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "spool-test", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoSmallDisk(f"mount refused: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
