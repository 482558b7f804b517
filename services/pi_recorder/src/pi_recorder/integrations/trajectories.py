"""The trajectory of a face through the picture, kept short while it goes on.

A box is kept when the face has moved since the last one kept, and then also the one just before:
so straight lines between the boxes stay as near to the face as the boxes themselves. With too
many boxes the trajectory is thinned: both the movement and the time between boxes must be greater.
A visit of hours is therefore reported roughly, but from its beginning to its end.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from facecore.contract import LONGEST_TRACK, MAX_TRACK_BOXES, Box, ReportedBox, TrackReport
from pi_recorder.events import Event, FaceGateMissing, Seen, TrackState, VisitEnded, VisitNamed

_MOVED: Final = 0.05
"""Of the face's size: by so much an edge of the box must have moved."""
_GAP: Final = timedelta(milliseconds=200)
"""From one box to the next, at least."""
_ROUGHER: Final = 1.5
_EVERY: Final = timedelta(minutes=2)
_MS: Final = timedelta(milliseconds=1)

_Seen = tuple[datetime, Box]


class Trajectory:
    """The trajectory of one visit; made with its first box.

    Args:
        size: width and height of the frame.
    """

    def __init__(self, at: datetime, box: Box, size: tuple[int, int]) -> None:
        self._size = size
        self._kept: list[_Seen] = [(at, box)]
        self._latest = at, box
        self._moved, self._gap = _MOVED, _GAP

    def add(self, at: datetime, box: Box) -> None:
        """The next box. Left out: what is not later than the last, or a day after the first."""
        if not self._latest[0] < at <= self._kept[0][0] + LONGEST_TRACK:
            return
        self._add((at, box))
        while len(self._kept) >= MAX_TRACK_BOXES:
            self._thin()

    def report(self) -> TrackReport:
        """What there is so far, the newest box included."""
        start = self._kept[0][0]
        seen = [one for one in self._kept if one[0] < self._latest[0]] + [self._latest]
        boxes = [_reported((at - start) // _MS, box) for at, box in seen]
        return TrackReport(
            started_at=start,
            ended_at=self._latest[0],
            frame_width=self._size[0],
            frame_height=self._size[1],
            boxes=list({box.offset_ms: box for box in boxes}.values()),
        )

    def _add(self, seen: _Seen) -> None:
        before, self._latest = self._latest, seen
        last = self._kept[-1]
        if seen[0] - last[0] < self._gap or _change(last[1], seen[1]) <= self._moved:
            return
        if before[0] - last[0] >= self._gap:
            self._kept.append(before)
            last = before
        if seen[0] - last[0] >= self._gap:
            self._kept.append(seen)

    def _thin(self) -> None:
        self._moved *= _ROUGHER
        self._gap *= _ROUGHER
        seen = [*self._kept[1:], self._latest]
        self._kept = self._kept[:1]
        self._latest = self._kept[0]
        for one in seen:
            if one[0] > self._latest[0]:
                self._add(one)


def _change(one: Box, other: Box) -> float:
    """By how much the edge that moved most did, in sizes of the face."""
    edges = zip(_edges(one), _edges(other), strict=True)
    return max(abs(was - now) for was, now in edges) / math.sqrt(one.width * one.height)


def _edges(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.x + box.width, box.y + box.height


def _reported(offset_ms: int, box: Box) -> ReportedBox:
    """A tenth of a pixel is more than a detector knows."""
    sides = {name: round(value, 1) for name, value in box.model_dump().items()}
    return ReportedBox(offset_ms=offset_ms, **sides)


@dataclass(eq=False)
class _Followed:
    trajectory: Trajectory
    due_at: datetime
    answered: bool = False


class VisitTrajectories:
    """Follows the visits in the events and reports the trajectory of each that was answered.

    It reports at the end of a visit, and every two minutes while the visit lasts, so that a kill
    loses little. Boxes that come from answers alone are no trajectory and are not followed.
    Thread-safe, and never waits.

    Args:
        report: takes a visit's id and its trajectory so far, at once.
    """

    def __init__(self, report: Callable[[str, TrackReport], None]) -> None:
        self._report = report
        self._followed: dict[str, _Followed] = {}
        self._lock = Lock()
        self._found_here = True

    def on_event(self, event: Event) -> None:
        """Takes note of what recognition sees, is told, and lets go of."""
        with self._lock:
            match event:
                case FaceGateMissing():
                    self._found_here = False
                case Seen() if self._found_here:
                    self._saw(event)
                case VisitNamed(track) if track in self._followed:
                    self._followed[track].answered = True
                case VisitEnded(track, state=state) if track in self._followed:
                    followed = self._followed.pop(track)
                    if state is not TrackState.UNSEEN:
                        self._report(track, followed.trajectory.report())

    def _saw(self, seen: Seen) -> None:
        for face in seen.faces:
            followed = self._followed.get(face.track)
            if followed is None:
                trajectory = Trajectory(seen.captured_at, face.box, (seen.width, seen.height))
                self._followed[face.track] = _Followed(trajectory, seen.captured_at + _EVERY)
                continue
            followed.trajectory.add(seen.captured_at, face.box)
            if followed.answered and seen.captured_at >= followed.due_at:
                followed.due_at = seen.captured_at + _EVERY
                self._report(face.track, followed.trajectory.report())
