"""Events: what happened, published by the parts that do it to whoever listens."""

from __future__ import annotations

from collections.abc import Callable

from pi_recorder.events.integrations import (
    LivePageAway,
    LivePageReady,
    OutletAway,
    OutletBack,
    ReportsNotTaken,
    TracksLost,
    TracksNotTaken,
)
from pi_recorder.events.recognition import (
    Answered,
    FaceGateMissing,
    RecognitionAway,
    RecognitionBack,
    RecognitionPaused,
    RecognitionResumed,
    Seen,
    TrackedFace,
    TrackState,
    Unanswered,
    VisitBegan,
    VisitEnded,
    VisitNamed,
)
from pi_recorder.events.video import (
    CameraAway,
    CameraBack,
    ClockStepped,
    FramesDropped,
    RecordingPaused,
    RecordingResumed,
    SegmentDropped,
    SegmentRecorded,
    SegmentRefused,
    SegmentRepaired,
    SegmentUploaded,
    TornSetAside,
    UploadsAway,
    UploadsBack,
)

Event = (
    Answered
    | Unanswered
    | RecognitionAway
    | RecognitionBack
    | Seen
    | VisitBegan
    | VisitNamed
    | VisitEnded
    | FaceGateMissing
    | CameraAway
    | CameraBack
    | ClockStepped
    | SegmentRecorded
    | SegmentUploaded
    | SegmentRefused
    | UploadsAway
    | UploadsBack
    | FramesDropped
    | TornSetAside
    | SegmentRepaired
    | SegmentDropped
    | RecordingPaused
    | RecordingResumed
    | RecognitionPaused
    | RecognitionResumed
    | LivePageReady
    | LivePageAway
    | OutletAway
    | OutletBack
    | ReportsNotTaken
    | TracksNotTaken
    | TracksLost
)

Publish = Callable[[Event], None]
"""Publishes an event; called from any thread."""

__all__ = [
    "Answered",
    "CameraAway",
    "CameraBack",
    "ClockStepped",
    "Event",
    "FaceGateMissing",
    "FramesDropped",
    "LivePageAway",
    "LivePageReady",
    "OutletAway",
    "OutletBack",
    "Publish",
    "RecognitionAway",
    "RecognitionBack",
    "RecognitionPaused",
    "RecognitionResumed",
    "RecordingPaused",
    "RecordingResumed",
    "ReportsNotTaken",
    "Seen",
    "SegmentDropped",
    "SegmentRecorded",
    "SegmentRefused",
    "SegmentRepaired",
    "SegmentUploaded",
    "TornSetAside",
    "TrackState",
    "TrackedFace",
    "TracksLost",
    "TracksNotTaken",
    "Unanswered",
    "UploadsAway",
    "UploadsBack",
    "VisitBegan",
    "VisitEnded",
    "VisitNamed",
]
