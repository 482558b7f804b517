"""Inspect a spool: the open one, or any folder without locking or changing it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pi_recorder.spool.files import SET_ASIDE
from pi_recorder.spool.loss_journal import read_losses
from pi_recorder.spool.segment import Segment


@dataclass(frozen=True, slots=True)
class SpoolState:
    """State of an open spool at one moment.

    Attributes:
        queued: segments that wait for their upload.
        oldest_queued_age_s: seconds since the first frame of the oldest of them; None without any.
        uploaded: segments that the store has and that are kept here too.
        partial: partial segments that are still to be recovered.
        free_bytes: free bytes of the spool's disk.
        dropped_s: seconds of dropped video that was never uploaded, in all runs.
        paused_s: seconds not recorded because there was no room, in all runs, without a current
            pause.
        paused: whether recording waits for room now.
    """

    queued: int
    queued_bytes: int
    oldest_queued_age_s: float | None
    uploaded: int
    uploaded_bytes: int
    partial: int
    free_bytes: int
    dropped_s: float
    paused_s: float
    paused: bool

    @property
    def lost_s(self) -> float:
        """Seconds lost because there was no room, in all runs."""
        return self.dropped_s + self.paused_s


@dataclass(frozen=True, slots=True)
class SpoolView:
    """State of a folder that this process has not opened.

    Attributes:
        queued: finished segments that the store has not confirmed.
        seconds: their total length.
        oldest: when the first of them began, UTC; None without any.
        kept: segments that the store has and that are kept here too.
        lost_s: seconds dropped or not recorded because there was no room, in all runs.
        unfinished: files that are being written, or that the next start recovers.
        set_aside: partial segments that could not be recovered and were set aside.
    """

    queued: int
    bytes: int
    seconds: float
    oldest: datetime | None
    kept: int
    lost_s: float
    unfinished: int
    set_aside: int


def spool_view(folder: Path) -> SpoolView:
    """Count the files of a folder; one that does not exist is empty.

    Raises:
        OSError: this user may not read the folder.
    """
    segments = sorted(_segments(folder), key=lambda segment: segment.started_at)
    return SpoolView(
        queued=len(segments),
        bytes=sum(_size(segment.path) for segment in segments),
        seconds=sum(segment.duration_ms for segment in segments) / 1000,
        oldest=segments[0].started_at if segments else None,
        kept=sum(1 for _ in _segments(folder / "uploaded")),
        lost_s=sum(loss.seconds or 0.0 for loss in read_losses(folder / "losses.jsonl")),
        unfinished=sum(1 for _ in folder.glob("*.part")),
        set_aside=sum(1 for _ in (folder / SET_ASIDE).glob("*.part")),
    )


def in_use(folder: Path) -> bool:
    """Return whether a recorder holds the folder's lock; never make the lock file.

    Raises:
        OSError: this user may not read the lock file.
    """
    try:
        lock = os.open(folder / ".lock", os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _segments(folder: Path) -> Iterator[Segment]:
    try:
        yield from filter(None, map(Segment.at, folder.iterdir()))
    except FileNotFoundError:
        return


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0  # uploaded meanwhile
