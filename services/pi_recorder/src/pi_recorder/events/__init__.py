"""Events: what happened, published by the parts of the recorder to all listeners."""

from __future__ import annotations

from collections.abc import Callable

from pi_recorder.events.parts import (
    CameraAway,
    CameraBack,
    ClockStepped,
    FramesDropped,
    LivePageAway,
    LivePageReady,
    PartialSegmentSetAside,
    RecordingPaused,
    RecordingResumed,
    ReportsRejected,
    SegmentDropped,
    SegmentRecorded,
    SegmentRecovered,
    SegmentRefused,
    SegmentUploaded,
    SinkAway,
    SinkBack,
    TracksLost,
    TracksRejected,
    UploadsAway,
    UploadsBack,
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
    | PartialSegmentSetAside
    | SegmentRecovered
    | SegmentDropped
    | RecordingPaused
    | RecordingResumed
    | RecognitionPaused
    | RecognitionResumed
    | LivePageReady
    | LivePageAway
    | SinkAway
    | SinkBack
    | ReportsRejected
    | TracksRejected
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
    "PartialSegmentSetAside",
    "Publish",
    "RecognitionAway",
    "RecognitionBack",
    "RecognitionPaused",
    "RecognitionResumed",
    "RecordingPaused",
    "RecordingResumed",
    "ReportsRejected",
    "Seen",
    "SegmentDropped",
    "SegmentRecorded",
    "SegmentRecovered",
    "SegmentRefused",
    "SegmentUploaded",
    "SinkAway",
    "SinkBack",
    "TrackState",
    "TrackedFace",
    "TracksLost",
    "TracksRejected",
    "Unanswered",
    "UploadsAway",
    "UploadsBack",
    "VisitBegan",
    "VisitEnded",
    "VisitNamed",
]
