"""The loss journal: every second that was not kept because there was no room, in all runs.

Each line is a JSON object and is synced to the disk before the loss that it describes happens.
"""

from __future__ import annotations

import logging
import os
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pi_recorder.spool.files import private_opener, sync_folder
from pi_recorder.spool.segment import Segment

_log = logging.getLogger(__name__)
_SECOND = timedelta(seconds=1)
_MOST_LINES = 1000
_KEPT_LINES = 200


class LossKind(StrEnum):
    """The reason of a loss."""

    DROPPED = "dropped"
    PAUSED = "paused"


class Loss(BaseModel):
    """One line of the journal.

    Attributes:
        at: when the missing video begins.
        seconds: how much is missing; None while a pause lasts.
        segment: the name of the dropped file; None for a pause and for a sum of old lines.
    """

    model_config = ConfigDict(frozen=True)

    kind: LossKind
    at: datetime
    seconds: float | None
    segment: str | None = None


class LossJournal:
    """The journal of one spool. Not thread-safe.

    Attributes:
        seconds: seconds lost so far, of each kind; without the current pause.
        paused_since: when the current pause began.
        dropped: the names of the files that the journal listed as dropped when it was opened.

    Raises:
        OSError: the file can't be read or written.
    """

    def __init__(self, path: Path, now: datetime) -> None:
        self._path = path
        self.seconds = dict.fromkeys(LossKind, 0.0)
        self.paused_since: datetime | None = None
        lines = self._read()
        self.dropped = frozenset(line.segment for line in lines if line.segment)
        for line in lines:
            self._count(line)
        self._end_a_killed_pause(now)

    def _end_a_killed_pause(self, now: datetime) -> None:
        if self.paused_since is not None:
            self.resume(max(now, self.paused_since))

    def drop(self, segment: Segment) -> None:
        """Record that a segment is dropped. Raises ``OSError``; then it must not be dropped."""
        name, seconds = segment.path.name, segment.duration_ms / 1000
        self._add(Loss(kind=LossKind.DROPPED, at=segment.started_at, seconds=seconds, segment=name))

    def pause(self, at: datetime) -> None:
        """Record that frames are lost from ``at`` on. Raises ``OSError``."""
        self._add(Loss(kind=LossKind.PAUSED, at=at, seconds=None))

    def resume(self, at: datetime) -> None:
        """Record the length of the pause. Raises ``OSError``; then the pause lasts."""
        if self.paused_since is not None:
            seconds = (at - self.paused_since) / _SECOND
            self._add(Loss(kind=LossKind.PAUSED, at=self.paused_since, seconds=seconds))

    def fold(self) -> None:
        """Sum up old lines when there are many; call it when no file of ``dropped`` is left."""
        lines = self._read()
        if len(lines) <= _MOST_LINES:
            return
        old, recent = lines[:-_KEPT_LINES], lines[-_KEPT_LINES:]
        sums = [
            Loss(
                kind=kind,
                at=old[0].at,
                seconds=sum(line.seconds or 0.0 for line in old if line.kind is kind),
            )
            for kind in LossKind
        ]
        new = self._path.with_suffix(".new")
        new.unlink(missing_ok=True)
        _append(new, [*sums, *recent])
        new.replace(self._path)
        sync_folder(self._path.parent)

    def _add(self, loss: Loss) -> None:
        new = not self._path.exists()
        _append(self._path, [loss])
        if new:
            sync_folder(self._path.parent)
        self._count(loss)

    def _count(self, loss: Loss) -> None:
        if loss.seconds is None:
            self.paused_since = loss.at
            return
        self.seconds[loss.kind] += loss.seconds
        if loss.at == self.paused_since:
            self.paused_since = None

    def _read(self) -> list[Loss]:
        try:
            written = self._path.read_bytes()
        except FileNotFoundError:
            return []
        complete, _, partial = written.rpartition(b"\n")
        if partial:
            os.truncate(self._path, len(written) - len(partial))
        lines = (_parsed(line) for line in complete.splitlines())
        return [line for line in lines if line]


def read_losses(path: Path) -> list[Loss]:
    """Read all lines of a spool's journal without changing the file."""
    lines = (_parsed(line) for line in path.read_bytes().splitlines()) if path.exists() else ()
    return [line for line in lines if line]


def _parsed(line: bytes) -> Loss | None:
    try:
        return Loss.model_validate_json(line)
    except ValidationError:
        _log.warning("a line of the loss journal can't be read and is skipped: %r", line[:200])
        return None


def _append(path: Path, losses: list[Loss]) -> None:
    """Append all lines, or none if the disk is full. Raises ``OSError``."""
    with open(path, "ab", buffering=0, opener=private_opener) as file:
        before = file.tell()
        data = "".join(loss.model_dump_json() + "\n" for loss in losses).encode()
        try:
            while data:  # a disk that is nearly full accepts only a part
                data = data[file.write(data) :]
            os.fsync(file.fileno())
        except OSError:
            file.truncate(before)
            raise
