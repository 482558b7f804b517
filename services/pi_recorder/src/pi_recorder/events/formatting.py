"""Events for people, one line each, and as JSON, with names such as ``visit_named``."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime
from typing import Any, get_args

from pydantic import TypeAdapter

from facecore.text import sanitize
from pi_recorder.events import (
    CameraAway,
    CameraBack,
    ClockStepped,
    Event,
    FaceGateMissing,
    FramesDropped,
    LivePageAway,
    LivePageReady,
    PartialSegmentSetAside,
    RecognitionAway,
    RecognitionBack,
    RecognitionPaused,
    RecognitionResumed,
    RecordingPaused,
    RecordingResumed,
    ReportsRejected,
    SegmentDropped,
    SegmentRecovered,
    SegmentRefused,
    SinkAway,
    SinkBack,
    TracksLost,
    TracksRejected,
    UploadsAway,
    UploadsBack,
)

_ANYTHING: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


def name_of(event: Event) -> str:
    """Return the event's name in JSON."""
    return _snake(type(event).__name__)


def as_json(name: str, published_at: datetime, **fields: Any) -> bytes:
    """Serialize one line of JSON: the name, the time in UTC, and the fields."""
    return _ANYTHING.dump_json({"event": name, "time": published_at, **fields})


def event_json(event: Event, published_at: datetime, **more: Any) -> bytes:
    """Serialize an event and the time of its publication as one line; it contains no picture."""
    return as_json(name_of(event), published_at, **more, **asdict(event))


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


EVENT_NAMES = tuple(_snake(kind.__name__) for kind in get_args(Event))
"""The names of all events."""


def notice(event: Event) -> str | None:
    """Describe an event that everybody should know of, in one line; None for other events."""
    for wording in (_network_notice, _camera_notice, _spool_notice, _sink_notice):
        if words := wording(event):
            return sanitize(words)
    return None


def _network_notice(event: Event) -> str | None:
    match event:
        case RecognitionAway(reason):
            words = f"recognition is away, recording continues: {reason}"
        case RecognitionBack(away_s):
            words = f"recognition is back after {away_s:.1f} seconds"
        case FaceGateMissing(reason):
            words = f"this device can't find faces, so it sends more requests: {reason}"
        case UploadsAway(reason):
            words = f"uploads wait, segments stay in the spool: {reason}"
        case UploadsBack(away_s):
            words = f"uploads continue after {away_s:.1f} seconds"
        case SegmentRefused(segment, reason):
            words = f"{segment.path.name} was refused and stays in the spool: {reason}"
        case _:
            return None
    return words


def _camera_notice(event: Event) -> str | None:
    match event:
        case CameraAway(reason):
            words = f"the camera is away and will be retried: {reason}"
        case CameraBack(away_s):
            words = f"the camera is back after {away_s:.1f} seconds"
        case ClockStepped(by_s):
            words = f"the clock was set by {by_s:+.1f} seconds; recorded times are corrected"
        case FramesDropped(count):
            words = f"{count} frames were not recorded: encoding is too slow"
        case _:
            return None
    return words


def _spool_notice(event: Event) -> str | None:
    match event:
        case PartialSegmentSetAside(path):
            words = f"a partial segment could not be recovered and was set aside: {path}"
        case SegmentRecovered(segment):
            seconds = segment.duration_ms / 1000
            words = f"{seconds:.2f} seconds of a partial segment were recovered"
        case SegmentDropped(segment, reason, uploaded=False):
            words = f"{segment.path.name} is lost, {segment.duration_ms / 1000:.2f} s: {reason}"
        case RecordingPaused(reason):
            words = f"recording pauses: {reason}"
        case RecordingResumed(lost_s):
            words = f"recording continues; {lost_s:.1f} seconds were not recorded"
        case _:
            return None
    return words


def _sink_notice(event: Event) -> str | None:
    match event:
        case RecognitionPaused():
            words = "recognition was paused, recording continues"
        case RecognitionResumed():
            words = "recognition continues"
        case LivePageReady(url):
            words = f"live page: {url}"
        case LivePageAway(reason):
            words = f"the live page is away: {reason}"
        case SinkAway(sink, reason):
            words = f"{sink} is away: {reason}"
        case ReportsRejected(reason):
            words = f"the recognizer's console can't show this recorder's status: {reason}"
        case TracksRejected(reason):
            words = f"the recognizer's videos show names only now and then: {reason}"
        case TracksLost(count):
            words = f"the positions of {count_visits(count)} were lost; the names were kept"
        case SinkBack(sink, away_s, lost):
            words = f"{sink} is back after {away_s:.1f} seconds, {lost} events were lost"
        case _:
            return None
    return words


def count_visits(count: int) -> str:
    """Return ``1 visit`` or ``3 visits``."""
    return f"{count} visit" if count == 1 else f"{count} visits"
