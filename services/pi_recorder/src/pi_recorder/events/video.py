"""Events from the camera to the store: what was filmed, uploaded, and lost."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pi_recorder.spool import Segment


@dataclass(frozen=True, slots=True)
class CameraAway:
    """The camera is gone, stalled, or can't be opened; it is tried again, the rest goes on."""

    reason: str


@dataclass(frozen=True, slots=True)
class CameraBack:
    """Its first frame afterwards."""

    away_s: float


@dataclass(frozen=True, slots=True)
class ClockStepped:
    """Somebody set the system's clock forward by so much; later times are right by it."""

    by_s: float


@dataclass(frozen=True, slots=True)
class SegmentRecorded:
    """A segment is in the spool."""

    segment: Segment
    frames: int


@dataclass(frozen=True, slots=True)
class FramesDropped:
    """So many frames were not recorded, for encoding was too slow."""

    count: int


@dataclass(frozen=True, slots=True)
class TornSetAside:
    """A file that a kill or a power cut left with nothing whole in it was found, and moved here."""

    path: Path


@dataclass(frozen=True, slots=True)
class SegmentRepaired:
    """What was whole of a torn file is in the spool now: a segment, shorter than it was to be."""

    segment: Segment


@dataclass(frozen=True, slots=True)
class SegmentDropped:
    """A segment had to go for want of room; it is lost unless it was ``uploaded``."""

    segment: Segment
    reason: str
    uploaded: bool


@dataclass(frozen=True, slots=True)
class RecordingPaused:
    """There is no room for video, and nothing may be dropped; frames are lost from now on."""

    reason: str


@dataclass(frozen=True, slots=True)
class RecordingResumed:
    """There is room again, after so many seconds without video."""

    lost_s: float


@dataclass(frozen=True, slots=True)
class SegmentUploaded:
    """The store has confirmed a segment, and the spool has let go of it."""

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
