"""Events of the video, from the camera to the store: what was recorded, uploaded, and lost."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pi_recorder.spool import Segment


@dataclass(frozen=True, slots=True)
class CameraAway:
    """The camera is gone, stalls, or can't be opened; it is retried, and the rest continues."""

    reason: str


@dataclass(frozen=True, slots=True)
class CameraBack:
    """The camera's first frame after ``CameraAway``."""

    away_s: float


@dataclass(frozen=True, slots=True)
class ClockStepped:
    """The system's clock was set forward by ``by_s`` seconds; later times are corrected by it."""

    by_s: float


@dataclass(frozen=True, slots=True)
class SegmentRecorded:
    """A segment is in the spool."""

    segment: Segment
    frames: int


@dataclass(frozen=True, slots=True)
class FramesDropped:
    """``count`` frames were not recorded because encoding was too slow."""

    count: int


@dataclass(frozen=True, slots=True)
class PartialSegmentSetAside:
    """A partial segment without a single undamaged frame was moved to ``path``."""

    path: Path


@dataclass(frozen=True, slots=True)
class SegmentRecovered:
    """The undamaged frames of a partial segment are in the spool, as a shorter segment."""

    segment: Segment


@dataclass(frozen=True, slots=True)
class SegmentDropped:
    """A segment was dropped because there was no room; it is lost unless it was ``uploaded``."""

    segment: Segment
    reason: str
    uploaded: bool


@dataclass(frozen=True, slots=True)
class RecordingPaused:
    """There is no room for video, and nothing may be dropped; frames are lost from now on."""

    reason: str


@dataclass(frozen=True, slots=True)
class RecordingResumed:
    """There is room again, after ``lost_s`` seconds without video."""

    lost_s: float


@dataclass(frozen=True, slots=True)
class SegmentUploaded:
    """The store has confirmed a segment, and it has left the queue."""

    segment: Segment
    key: str


@dataclass(frozen=True, slots=True)
class SegmentRefused:
    """One segment was refused; it stays in the spool and is retried later."""

    segment: Segment
    reason: str


@dataclass(frozen=True, slots=True)
class UploadsAway:
    """The store can't be reached; segments wait in the spool."""

    reason: str


@dataclass(frozen=True, slots=True)
class UploadsBack:
    """The first confirmed segment after ``UploadsAway``."""

    away_s: float
