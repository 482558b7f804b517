"""The files that a kill, a power cut or a full disk left half-written, and what becomes of them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import av

from pi_recorder.private_files import make_private_folder
from pi_recorder.spool.durable import is_no_room
from pi_recorder.spool.repair import save_whole
from pi_recorder.spool.segment import start

_log = logging.getLogger(__name__)
_KEPT_ASIDE = 10


class NoRoom(Exception):
    """The disk is too full to save anything; later it may not be."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What was whole of a torn file, in a file of its own."""

    path: Path
    started_at: datetime
    duration_ms: int


class TornFiles:
    """Those of one folder, as found at its opening, and those that are added. Not thread-safe."""

    def __init__(self, folder: Path) -> None:
        self._aside = folder / "torn"
        for derived in folder.glob("*.mending"):
            derived.unlink()
        self._sizes = {part: part.stat().st_size for part in sorted(folder.glob("*.part"))}

    def __len__(self) -> int:
        return len(self._sizes)

    @property
    def bytes(self) -> int:
        """Of all of them."""
        return sum(self._sizes.values())

    def add(self, part: Path) -> None:
        """One more, if it exists at all."""
        if part.exists():
            self._sizes[part] = part.stat().st_size

    def oldest(self) -> tuple[Path, int] | None:
        """The first, and its size."""
        return next(iter(self._sizes.items()), None)

    def done(self, part: Path) -> None:
        """It is in the queue, or set aside."""
        del self._sizes[part]

    def set_aside(self, part: Path) -> Path:
        """Moves it to ``torn/``; the oldest of more than ten there are deleted."""
        make_private_folder(self._aside)
        path = part.rename(self._aside / part.name)
        for old in sorted(self._aside.glob("*.part"))[:-_KEPT_ASIDE]:
            old.unlink()
        return path


def saved(part: Path) -> Saved | None:
    """Copies what is whole of the file; None if nothing is.

    Raises:
        NoRoom: for the copy.
    """
    started_at, into = start(part.stem), part.with_suffix(".mending")
    try:
        duration_ms = save_whole(part, into) if started_at else None
    except (av.FFmpegError, OSError) as error:
        into.unlink(missing_ok=True)
        if is_no_room(error):
            raise NoRoom from error
        _log.warning("%s can't be repaired: %s", part, error)
        return None
    if started_at is None or duration_ms is None:
        return None
    return Saved(into, started_at, duration_ms)
