"""What happened, in the order it happened; the parts tell it and never ask who listens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from facecore.contract import Recognition
from pi_recorder.spool import Segment


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
class SegmentRecorded:
    """A segment is in the spool."""

    segment: Segment
    frames: int


@dataclass(frozen=True, slots=True)
class SegmentUploaded:
    """The store has confirmed a segment; the local file is deleted."""

    segment: Segment
    key: str


@dataclass(frozen=True, slots=True)
class SegmentRefused:
    """One segment was refused; it stays in the spool and is tried again later."""

    segment: Segment
    reason: str


@dataclass(frozen=True, slots=True)
class UploadsAway:
    """The store can't be reached; segments wait in the spool."""

    reason: str


@dataclass(frozen=True, slots=True)
class UploadsBack:
    """The first confirmed segment afterwards."""

    away_s: float


@dataclass(frozen=True, slots=True)
class FramesDropped:
    """So many frames were not recorded, for encoding was too slow."""

    count: int


@dataclass(frozen=True, slots=True)
class TornSetAside:
    """A file that a kill or a power cut left half-written was found, and moved here."""

    path: Path


Event = (
    Answered
    | Unanswered
    | RecognitionAway
    | RecognitionBack
    | SegmentRecorded
    | SegmentUploaded
    | SegmentRefused
    | UploadsAway
    | UploadsBack
    | FramesDropped
    | TornSetAside
)

Publish = Callable[[Event], None]
"""Tells an event; called from any thread."""
