"""State of a spool: of the open one, and of any folder, without locking or changing it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pi_recorder.spool.loss_journal import read_losses
from pi_recorder.spool.segment import Segment


@dataclass(frozen=True, slots=True)
class SpoolState:
    """State of an open spool at one moment.

    Attributes:
        queued: segments that wait for their upload.
        oldest_queued_age_s: since the first frame of the oldest of them; None without any.
        uploaded: segments that the store has and that are kept here too.
        torn: files that a kill left and that are still to be repaired.
        free_bytes: on the spool's disk.
        dropped_s: of video that was never uploaded and had to go, in all runs.
        paused_s: that were not filmed for want of room, in all runs, without the pause of now.
        paused: whether recording waits for room now.
    """

    queued: int
    queued_bytes: int
    oldest_queued_age_s: float | None
    uploaded: int
    uploaded_bytes: int
    torn: int
    free_bytes: int
    dropped_s: float
    paused_s: float
    paused: bool

    @property
    def lost_s(self) -> float:
        """Seconds lost for want of room, in all runs."""
        return self.dropped_s + self.paused_s


@dataclass(frozen=True, slots=True)
class SpoolView:
    """State of a folder that this process has not opened.

    Attributes:
        queued: finished segments that the store has not confirmed.
        seconds: their lengths together.
        oldest: when the first of them began, UTC; None when there is none.
        kept: segments that the store has, and that are kept here as well.
        lost_s: seconds that were dropped or not filmed for want of room, in all runs.
        unfinished: files that are being written, or that a kill left and the next start repairs.
        torn: files in which nothing was whole, set aside.
    """

    queued: int
    bytes: int
    seconds: float
    oldest: datetime | None
    kept: int
    lost_s: float
    unfinished: int
    torn: int


def spool_view(folder: Path) -> SpoolView:
    """Counts the files; a folder that is not there is an empty one.

    Raises:
        OSError: this user may not look into it.
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
        torn=sum(1 for _ in (folder / "torn").glob("*.part")),
    )


def in_use(folder: Path) -> bool:
    """Whether a recorder works there: it holds the lock. Never makes the file.

    Raises:
        OSError: this user may not look at it.
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
