"""Follows the visits as they are told, and hands on each way that somebody should know.

That is: at the end of a visit that was answered, and every two minutes while it goes on, so that a
kill loses little of it. Boxes that come from answers alone are no way, and are not followed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from facecore.contract import TrackReport
from pi_recorder.events import Event, FaceGateMissing, Seen, TrackState, VisitEnded, VisitNamed
from pi_recorder.outgoing.ways import Way

_EVERY: Final = timedelta(minutes=2)


@dataclass(eq=False)
class _Followed:
    way: Way
    due_at: datetime
    answered: bool = False


class VisitWays:
    """Takes events from any thread, at once.

    Args:
        report: takes a visit's id and its way so far, at once.
    """

    def __init__(self, report: Callable[[str, TrackReport], None]) -> None:
        self._report = report
        self._followed: dict[str, _Followed] = {}
        self._lock = Lock()
        self._found_here = True

    def hear(self, event: Event) -> None:
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
                        self._report(track, followed.way.report())

    def _saw(self, seen: Seen) -> None:
        for face in seen.faces:
            followed = self._followed.get(face.track)
            if followed is None:
                way = Way(seen.captured_at, face.box, (seen.width, seen.height))
                self._followed[face.track] = _Followed(way, seen.captured_at + _EVERY)
                continue
            followed.way.add(seen.captured_at, face.box)
            if followed.answered and seen.captured_at >= followed.due_at:
                followed.due_at = seen.captured_at + _EVERY
                self._report(face.track, followed.way.report())
