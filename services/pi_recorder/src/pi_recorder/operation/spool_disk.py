"""Measure the spool and its disk, at most every five seconds."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from threading import Lock

from pi_recorder.operation.status import Disk
from pi_recorder.spool.inspection import spool_view

_GOOD_FOR_S = 5.0


class SpoolDisk:
    """The state of the spool's folder, read on request and cached for five seconds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._known: Disk | None = None
        self._read_at = float("-inf")

    def disk(self) -> Disk | None:
        """Return how much is queued and free; None if the folder can't be read."""
        with self._lock:
            if time.monotonic() - self._read_at > _GOOD_FOR_S:
                self._known = _read(self._folder)
                self._read_at = time.monotonic()
            return self._known


def _read(folder: Path) -> Disk | None:
    try:
        usage = shutil.disk_usage(folder)
        view = spool_view(folder)
    except OSError:
        return None
    return Disk(
        queued=view.queued,
        queued_bytes=view.bytes,
        oldest_at=view.oldest,
        lost_s=view.lost_s,
        free_bytes=usage.free,
        total_bytes=usage.total,
    )
