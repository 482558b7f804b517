"""Reconciliation: the place of every frame that the camera gave."""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from pi_recorder.spool.loss_journal import LossKind
from services.pi_recorder.tests.soak.evidence import FoundVideo, Missing
from services.pi_recorder.tests.soak.journal import INTERVAL

_SAME = timedelta(milliseconds=2)
_FRAGMENT = timedelta(seconds=1)
_UNDER_WAY = 32 + 3
"""Frames in the recording's queue, with the encoder, and waiting to know their length."""
MOST_LOST_BY_A_KILL = _FRAGMENT + _UNDER_WAY * INTERVAL


class Place(StrEnum):
    """The place of a frame; the first that applies counts."""

    STORE = "at the store"
    SPOOL = "in the spool"
    DROPPED = "dropped by leave"
    PAUSED = "not recorded for want of room"
    KILLED = "in the fragment that a kill cut off"
    NOWHERE = "unaccounted"


@dataclass(frozen=True, slots=True)
class Run:
    """The frames that one start of the recorder was given: from ``first`` up to ``end``."""

    first: int
    end: int
    killed: bool


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The places of all frames.

    Attributes:
        frames: of each place.
        longest_cut_s: the longest time that one kill lost, in seconds.
        inconsistencies: inconsistencies, a sentence each.
    """

    frames: dict[Place, int]
    longest_cut_s: float
    inconsistencies: list[str]

    @property
    def adds_up(self) -> bool:
        """Return whether every frame is accounted for."""
        return not self.inconsistencies and not self.frames[Place.NOWHERE]

    def seconds(self, place: Place | None = None) -> float:
        """Return the seconds of video at one place, or at all."""
        frames = sum(self.frames.values()) if place is None else self.frames[place]
        return frames * INTERVAL.total_seconds()


@dataclass(slots=True)
class Ledger:
    """Notes each frame's place, then reconciles all."""

    captured_at: Sequence[datetime]
    places: dict[int, Place] = field(default_factory=dict)
    inconsistencies: list[str] = field(default_factory=list)
    longest_cut: timedelta = timedelta()

    def found(self, place: Place, videos: Iterable[FoundVideo]) -> None:
        """Note the frames that are in a video."""
        for video in videos:
            numbers = [self._number(frame.captured_at) for frame in video.frames]
            for number, frame in zip(numbers, video.frames, strict=True):
                if number is None or number % 2**16 != frame.number:
                    self.inconsistencies.append(
                        f"{video.name} shows a frame that was never captured"
                    )
                else:
                    self.places.setdefault(number, place)
            if abs(video.duration - len(numbers) * INTERVAL) > INTERVAL:
                self.inconsistencies.append(f"{video.name} is announced longer than it is")

    def lost(self, missing: Iterable[Missing]) -> None:
        """Note the frames that the recorder reports as lost."""
        kinds = {LossKind.DROPPED: Place.DROPPED, LossKind.PAUSED: Place.PAUSED}
        for one in missing:
            first = bisect.bisect_left(self.captured_at, one.since - _SAME)
            end = bisect.bisect_left(self.captured_at, one.until - _SAME)
            for number in range(first, end):
                self.places.setdefault(number, kinds[one.kind])

    def killed(self, runs: Iterable[Run]) -> None:
        """Note the last frames of a killed run, if they are no more than a kill may lose."""
        for run in runs:
            first = run.end
            while first > run.first and first - 1 not in self.places:
                first -= 1
            cut = (run.end - first) * INTERVAL
            if run.killed and cut <= MOST_LOST_BY_A_KILL:
                self.longest_cut = max(self.longest_cut, cut)
                self.places |= dict.fromkeys(range(first, run.end), Place.KILLED)

    def close(self) -> Reconciliation:
        """Return the reconciliation."""
        counted = Counter(
            self.places.get(number, Place.NOWHERE) for number in range(len(self.captured_at))
        )
        frames = {place: counted[place] for place in Place}
        return Reconciliation(frames, self.longest_cut.total_seconds(), self.inconsistencies)

    def _number(self, at: datetime) -> int | None:
        number = bisect.bisect_left(self.captured_at, at - _SAME)
        if number < len(self.captured_at) and abs(self.captured_at[number] - at) <= _SAME:
            return number
        return None
