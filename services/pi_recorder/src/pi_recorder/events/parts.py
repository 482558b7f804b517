"""Events of the recorder's parts: what was recorded, uploaded and lost; live page and sinks."""

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


@dataclass(frozen=True, slots=True)
class LivePageReady:
    """The live page can be opened at this address."""

    url: str


@dataclass(frozen=True, slots=True)
class LivePageAway:
    """The live page can't be served; it is retried, and everything else continues."""

    reason: str


@dataclass(frozen=True, slots=True)
class ReportsRejected:
    """The recognizer refuses this device's status; it is retried in an hour."""

    reason: str


@dataclass(frozen=True, slots=True)
class TracksRejected:
    """The recognizer refuses the visits' trajectories; they are retried in an hour."""

    reason: str


@dataclass(frozen=True, slots=True)
class TracksLost:
    """The trajectories of ``count`` visits were lost; videos show their names only now and then."""

    count: int


@dataclass(frozen=True, slots=True)
class SinkAway:
    """Events can't be delivered; the sink is ``webhook``, ``mqtt`` or the events file."""

    sink: str
    reason: str


@dataclass(frozen=True, slots=True)
class SinkBack:
    """The first delivery after ``SinkAway``; ``lost`` events were lost meanwhile."""

    sink: str
    away_s: float
    lost: int
