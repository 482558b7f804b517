"""The newest frame, kept for whoever looks; a frame that nobody looks at costs nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pi_recorder.cameras.base import Frame


@dataclass(frozen=True, slots=True, eq=False)
class NumberedFrame:
    """A frame and its number since the start, which tells it from the one before."""

    number: int
    frame: Frame


class LatestPicture(Protocol):
    """What the live page looks at."""

    def latest(self) -> NumberedFrame | None:
        """The newest frame, at once; None before the first."""
        ...


class PictureSlot:
    """The capture puts, anybody looks; a reference is exchanged, so neither ever waits."""

    def __init__(self) -> None:
        self._latest: NumberedFrame | None = None

    def put(self, frame: Frame) -> None:
        """Replaces the frame that is there; called by one thread only."""
        before = self._latest
        self._latest = NumberedFrame(before.number + 1 if before else 1, frame)

    def latest(self) -> NumberedFrame | None:
        """The newest frame, at once; None before the first."""
        return self._latest
