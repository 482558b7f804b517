"""The trajectory of a face through the picture, kept short while the visit lasts.

A box is kept when the face has moved since the last kept box, together with the box just before:
so straight lines between the boxes are as close to the face as the boxes themselves. With too
many boxes the trajectory is thinned: both the movement and the time between boxes must be greater.
A visit of hours is therefore reported coarsely, but from its beginning to its end.
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
"""Least movement of an edge of the box, as a share of the face's size."""
_GAP: Final = timedelta(milliseconds=200)
"""Least time from one box to the next."""
_ROUGHER: Final = 1.5
_EVERY: Final = timedelta(minutes=2)
_MS: Final = timedelta(milliseconds=1)

_Seen = tuple[datetime, Box]


class Trajectory:
    """The trajectory of one visit, from its first box on.

    Args:
        size: width and height of the frame, in pixels.
    """

    def __init__(self, at: datetime, box: Box, size: tuple[int, int]) -> None:
        self._size = size
        self._kept: list[_Seen] = [(at, box)]
        self._latest = at, box
        self._moved, self._gap = _MOVED, _GAP

    def add(self, at: datetime, box: Box) -> None:
        """Add the next box; ignore one not later than the last, or a day after the first."""
        if not self._latest[0] < at <= self._kept[0][0] + LONGEST_TRACK:
            return
        self._add((at, box))
        while len(self._kept) >= MAX_TRACK_BOXES:
            self._thin()

    def report(self) -> TrackReport:
        """Return the trajectory so far, including the latest box."""
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
    """Return the largest movement of an edge, in sizes of the face."""
    edges = zip(_edges(one), _edges(other), strict=True)
    return max(abs(was - now) for was, now in edges) / math.sqrt(one.width * one.height)


def _edges(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.x + box.width, box.y + box.height


def _reported(offset_ms: int, box: Box) -> ReportedBox:
    """Round a box to tenths of a pixel, which is finer than a detector's accuracy."""
    sides = {name: round(value, 1) for name, value in box.model_dump().items()}
    return ReportedBox(offset_ms=offset_ms, **sides)


@dataclass(eq=False)
class _Followed:
    trajectory: Trajectory
    due_at: datetime
    answered: bool = False


class VisitTrajectories:
    """Collects the trajectories of visits from the events, and reports those with an answer.

    It reports at the end of a visit, and every two minutes while the visit lasts, so that a kill
    loses little. Boxes that come only from answers are no trajectory and are ignored. It is
    thread-safe and never waits.

    Args:
        report: takes a visit's id and its trajectory so far, without waiting.
    """

    def __init__(self, report: Callable[[str, TrackReport], None]) -> None:
        self._report = report
        self._followed: dict[str, _Followed] = {}
        self._lock = Lock()
        self._found_here = True

    def on_event(self, event: Event) -> None:
        """Add an event of recognition."""
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
