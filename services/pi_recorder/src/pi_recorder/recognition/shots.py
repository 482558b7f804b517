"""Score shots of faces, and decide when a visit is worth a request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from facecore.contract import Box
from pi_recorder.events import TrackState
from pi_recorder.recognition.face import Face

_FULL_SIZE_PX: Final = 120.0
"""Shorter side of a box from which the crop is not enlarged."""
_FULL_SHARPNESS: Final = 100.0
_DARK, _BRIGHT = 35.0, 225.0
_DIMMED: Final = 40.0
"""Grey levels above ``_DARK`` or below ``_BRIGHT`` within which the score falls."""
_PROFILE: Final = 0.8
_LEAST_INSIDE: Final = 0.75
_LEAST_SCORE: Final = 0.1
_CLEARLY_BETTER: Final = 2.0
_BETTER_EVERY_S: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One face in one frame, with its score.

    Attributes:
        captured_at: when its frame was captured.
        at: when the frame arrived, on the monotonic clock.
        inside: share of the box that lies in the picture, 0 to 1.
        score: 0.1 to 1; see ``shot``.
    """

    face: Face
    captured_at: datetime
    at: float
    inside: float
    score: float

    @property
    def usable(self) -> bool:
        """Whether the recognizer can be expected to compare it."""
        return self.face.quality.accepted and self.inside >= _LEAST_INSIDE


def shot(face: Face, captured_at: datetime, at: float, size: tuple[int, int]) -> Shot:
    """Score a face: the product of size, sharpness, frontality and brightness, each up to 1.

    Args:
        face: the face as it was found.
        captured_at: when its frame was captured.
        at: when the frame arrived, on the monotonic clock.
        size: width and height of the frame.
    """
    quality, inside = face.quality, _inside(face.box, size)
    light = min(quality.brightness - _DARK, _BRIGHT - quality.brightness) / _DIMMED
    product = (
        min(1.0, quality.size_px / _FULL_SIZE_PX)
        * min(1.0, quality.sharpness / _FULL_SHARPNESS)
        * max(0.0, 1 - quality.yaw / _PROFILE)
        * min(1.0, max(0.0, light))
        * inside
    )
    return Shot(face, captured_at, at, inside, max(_LEAST_SCORE, product))


def _inside(box: Box, size: tuple[int, int]) -> float:
    width = min(box.x + box.width, size[0]) - max(box.x, 0)
    height = min(box.y + box.height, size[1]) - max(box.y, 0)
    return max(0.0, width) * max(0.0, height) / (box.width * box.height)


@dataclass(slots=True)
class RequestPolicy:
    """Decides when one visit is worth a request.

    The first usable shot is. After that, a clearly better shot is, and for a visit without a name
    also a shot after a pause; the pauses double, up to ``limit`` answers. A clearly better shot has
    at least twice the score of every shot before, so there are at most three requests beyond the
    limit.

    Attributes:
        limit: number of answers after which time alone is no reason for a request.
        first_pause_s: pause after the first answer.
    """

    limit: int
    first_pause_s: float
    answers: int = 0
    best_score: float = 0.0
    requested_at: datetime | None = None

    def record(self, about: Shot) -> None:
        """Note that a request with this shot was answered."""
        self.answers += 1
        self.best_score = max(self.best_score, about.score)
        self.requested_at = about.captured_at

    def is_due(self, now: Shot, state: TrackState, *, doubtful: bool) -> bool:
        """Return whether the current shot is worth a request.

        Args:
            now: the latest shot of the visitor.
            state: the decision so far.
            doubtful: whether the face may be another person's than the one decided about.
        """
        if not now.usable:
            return False
        if self.requested_at is None:
            return True
        waited_s = (now.captured_at - self.requested_at).total_seconds()
        if waited_s >= _BETTER_EVERY_S and now.score >= _CLEARLY_BETTER * self.best_score:
            return True
        if doubtful:
            return waited_s >= self.first_pause_s
        pause_s = self.first_pause_s * 2.0 ** (self.answers - 1)
        return not self.is_exhausted(state) and waited_s >= pause_s

    def is_exhausted(self, state: TrackState) -> bool:
        """Return whether time alone is no longer a reason for a request."""
        return state is TrackState.MATCH or self.answers >= self.limit
