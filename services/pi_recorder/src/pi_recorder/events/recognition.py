"""Events of recognition: answers, outages, and the visits of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from facecore.contract import Box, PersonRecord, Recognition


@dataclass(frozen=True, slots=True)
class Answered:
    """The recognizer answered. ``latency_s`` counts from the capture of the frame."""

    captured_at: datetime
    latency_s: float
    late: bool
    recognition: Recognition


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A frame got no answer."""

    captured_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class RecognitionAway:
    """The first frame without an answer; recognition pauses, recording goes on."""

    reason: str


@dataclass(frozen=True, slots=True)
class RecognitionBack:
    """The first answer afterwards."""

    away_s: float


@dataclass(frozen=True, slots=True)
class RecognitionPaused:
    """Somebody paused recognition; recording goes on."""


@dataclass(frozen=True, slots=True)
class RecognitionResumed:
    """Somebody let recognition go on."""


class TrackState(StrEnum):
    """Where a visit stands."""

    UNSEEN = "unseen"  # no answer yet
    MATCH = "match"
    UNCERTAIN = "uncertain"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class TrackedFace:
    """One face of the newest frame that recognition looked at."""

    track: str  # id of the visit
    box: Box  # in pixels of the frame
    state: TrackState
    person: PersonRecord | None  # for a match
    similarity: float | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What recognition sees now; a few times a second, also when nobody is there any more."""

    captured_at: datetime
    width: int
    height: int
    faces: tuple[TrackedFace, ...]


@dataclass(frozen=True, slots=True)
class VisitBegan:
    """A new track got its first usable face."""

    track: str
    at: datetime


@dataclass(frozen=True, slots=True)
class VisitNamed:
    """The vote over a visit's answers changed: who it is now."""

    track: str
    at: datetime  # capture of the shot that decided
    state: TrackState
    person: PersonRecord | None
    similarity: float | None
    latency_s: float  # from the first usable frame of the visit to this name
    late: bool


@dataclass(frozen=True, slots=True)
class VisitEnded:
    """A track is gone."""

    track: str
    began_at: datetime
    ended_at: datetime
    state: TrackState
    person: PersonRecord | None
    similarity: float | None  # best of the answers for the person
    requests: int


@dataclass(frozen=True, slots=True)
class FaceGateMissing:
    """Faces can't be found on the device; recognition goes by motion, and asks more often."""

    reason: str
