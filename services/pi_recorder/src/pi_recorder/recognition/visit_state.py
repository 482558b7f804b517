"""One visit, its observations, and its requests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from facecore.contract import Box, Recognition, RecognizedFace
from facecore.vision.overlap import same_faces
from pi_recorder.events import TrackState
from pi_recorder.recognition.face import Face, Followed
from pi_recorder.recognition.shots import RequestPolicy, Shot
from pi_recorder.recognition.tracker import Track
from pi_recorder.recognition.vote_aggregation import Verdict, VoteAggregator


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """One frame that was searched for faces.

    Attributes:
        captured_at: UTC.
        at: when the frame arrived, on the monotonic clock.
        size: width and height of the frame.
    """

    captured_at: datetime
    at: float
    size: tuple[int, int]
    faces: Sequence[Face]


@dataclass(eq=False)
class Visit:
    """One stay of one person in front of the camera."""

    id: str
    track: Track
    first: Shot
    best: Shot
    policy: RequestPolicy
    last_seen_at: datetime
    votes: VoteAggregator = field(default_factory=VoteAggregator)
    verdict: Verdict = field(default_factory=lambda: Verdict(TrackState.UNSEEN))
    requests: int = 0
    under_way: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class VisitRequest:
    """The visits that one request is about, each with its shot."""

    about: tuple[tuple[Visit, Shot], ...]

    @property
    def followed(self) -> tuple[Followed, ...]:
        """The position of each visit's face."""
        return tuple(Followed(visit.id, shot.face.box) for visit, shot in self.about)


def matched(boxes: Sequence[Box], answer: Recognition) -> list[RecognizedFace | None]:
    """Return for each box the answer's face that overlaps it most; use each face once."""
    places = same_faces(boxes, [face.box for face in answer.faces])
    return [None if place is None else answer.faces[place] for place in places]
