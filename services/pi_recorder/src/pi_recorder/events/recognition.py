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
    """A request got no answer."""

    captured_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class RecognitionAway:
    """The first request without an answer; recognition pauses and recording continues."""

    reason: str


@dataclass(frozen=True, slots=True)
class RecognitionBack:
    """The first answer after ``RecognitionAway``."""

    away_s: float


@dataclass(frozen=True, slots=True)
class RecognitionPaused:
    """Somebody paused recognition; recording continues."""


@dataclass(frozen=True, slots=True)
class RecognitionResumed:
    """Somebody resumed recognition."""


class TrackState(StrEnum):
    """The decision about a visit so far."""

    UNSEEN = "unseen"  # no answer yet
    MATCH = "match"
    UNCERTAIN = "uncertain"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class TrackedFace:
    """One face of the latest observation."""

    track: str  # id of the visit
    box: Box  # in pixels of the frame
    state: TrackState
    person: PersonRecord | None  # for a match
    similarity: float | None


@dataclass(frozen=True, slots=True)
class Seen:
    """The faces of one observation; published a few times a second, also without any face."""

    captured_at: datetime
    width: int
    height: int
    faces: tuple[TrackedFace, ...]


@dataclass(frozen=True, slots=True)
class VisitBegan:
    """A new track has its first usable shot."""

    track: str
    at: datetime


@dataclass(frozen=True, slots=True)
class VisitNamed:
    """The aggregated vote of a visit's answers changed."""

    track: str
    at: datetime  # capture of the shot that changed the vote
    state: TrackState
    person: PersonRecord | None
    similarity: float | None
    latency_s: float  # from the first usable frame of the visit to this name
    late: bool


@dataclass(frozen=True, slots=True)
class VisitEnded:
    """A visit ended: its track was lost."""

    track: str
    began_at: datetime
    ended_at: datetime
    state: TrackState
    person: PersonRecord | None
    similarity: float | None  # the best among the answers for the person
    requests: int


@dataclass(frozen=True, slots=True)
class FaceGateMissing:
    """The device can't find faces; requests are sent on motion, and so more often."""

    reason: str
