"""How good a shot of a face is, and when a visit is worth a request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from facecore.contract import Box
from pi_recorder.events import TrackState
from pi_recorder.recognition.face import Face

_FULL_SIZE_PX: Final = 120.0
"""Of the box's shorter side: from here on the crop is not enlarged."""
_FULL_SHARPNESS: Final = 100.0
_DARK, _BRIGHT = 35.0, 225.0
_DIMMED: Final = 40.0
"""Grey levels from full darkness or brightness within which a shot loses."""
_PROFILE: Final = 0.8
_LEAST_INSIDE: Final = 0.75
_LEAST_SCORE: Final = 0.1
_CLEARLY_BETTER: Final = 2.0
_BETTER_EVERY_S: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One look at one face.

    Attributes:
        captured_at: of its frame.
        at: when the frame came, on the monotonic clock.
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
        """Whether an answer about it can be expected."""
        return self.face.quality.accepted and self.inside >= _LEAST_INSIDE


def shot(face: Face, captured_at: datetime, at: float, size: tuple[int, int]) -> Shot:
    """Judges a face: size, sharpness, frontality and brightness, each up to 1, multiplied.

    Args:
        face: as it was found.
        captured_at: of its frame.
        at: when the frame came, on the monotonic clock.
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
    """When one visit is worth a question; it hears of every question that was about it.

    The first usable shot is. After that a named visit is asked about again only for a clearly
    better shot; one without a name also after pauses that double, up to ``limit`` answers. A
    clearly better shot scores twice as much as every one before, so there are at most three beyond
    the limit.

    Attributes:
        limit: answers after which nobody is asked again just because time has passed.
        first_pause_s: after the first answer.
    """

    limit: int
    first_pause_s: float
    answers: int = 0
    best_score: float = 0.0
    asked_at: datetime | None = None

    def record(self, about: Shot) -> None:
        """A question with this shot has been answered."""
        self.answers += 1
        self.best_score = max(self.best_score, about.score)
        self.asked_at = about.captured_at

    def is_due(self, now: Shot, state: TrackState, *, doubtful: bool) -> bool:
        """Whether to ask with the shot of now.

        Args:
            now: the newest look at the visitor.
            state: what the answers so far come to.
            doubtful: it may be somebody else than the answers so far are about.
        """
        if not now.usable:
            return False
        if self.asked_at is None:
            return True
        waited_s = (now.captured_at - self.asked_at).total_seconds()
        if waited_s >= _BETTER_EVERY_S and now.score >= _CLEARLY_BETTER * self.best_score:
            return True
        if doubtful:
            return waited_s >= self.first_pause_s
        pause_s = self.first_pause_s * 2.0 ** (self.answers - 1)
        return not self.is_exhausted(state) and waited_s >= pause_s

    def is_exhausted(self, state: TrackState) -> bool:
        """Whether time alone is no longer a reason to ask."""
        return state is TrackState.MATCH or self.answers >= self.limit
