"""One visit, the look that it is seen in, and the question that is asked about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from facecore.contract import Box, Recognition, RecognizedFace
from pi_recorder.events import TrackState
from pi_recorder.recognition.face import Face, overlap
from pi_recorder.recognition.shots import Asking, Shot
from pi_recorder.recognition.tracker import Track
from pi_recorder.recognition.vote import Verdict, Vote

_SAME_FACE: Final = 0.3
"""Least overlap (IoU) of the box here with the answer's of the same frame."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One frame that was searched for faces.

    Attributes:
        captured_at: UTC.
        at: when the frame came, on the monotonic clock.
        size: width and height.
    """

    captured_at: datetime
    at: float
    size: tuple[int, int]
    faces: Sequence[Face]


@dataclass(eq=False)
class Visit:
    """One person's way past the camera, and what is known of it."""

    id: str
    track: Track
    first: Shot
    best: Shot
    asking: Asking
    last_seen_at: datetime
    vote: Vote = field(default_factory=Vote)
    said: Verdict = field(default_factory=lambda: Verdict(TrackState.UNSEEN))
    requests: int = 0
    under_way: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One question: the visits that it is about, each with its shot."""

    about: tuple[tuple[Visit, Shot], ...]

    @property
    def track(self) -> str | None:
        """The visit's id, when the question is about one alone."""
        return self.about[0][0].id if len(self.about) == 1 else None


def matched(boxes: Sequence[Box], answer: Recognition) -> list[RecognizedFace | None]:
    """For each box the answer's face that overlaps it most; each face once."""
    pairs = sorted(
        (
            (shared, place, number)
            for place, box in enumerate(boxes)
            for number, face in enumerate(answer.faces)
            if (shared := overlap(box, face.box)) >= _SAME_FACE
        ),
        key=lambda pair: -pair[0],
    )
    found: dict[int, int] = {}
    for _, place, number in pairs:
        if place not in found and number not in found.values():
            found[place] = number
    return [answer.faces[found[place]] if place in found else None for place in range(len(boxes))]
