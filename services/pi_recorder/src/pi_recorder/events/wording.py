"""Words for people about events: one line each, for the terminal, the live page and the log."""

from __future__ import annotations

from pi_recorder.events import (
    CameraAway,
    CameraBack,
    ClockStepped,
    Event,
    FaceGateMissing,
    FramesDropped,
    LivePageAway,
    LivePageReady,
    OutletAway,
    OutletBack,
    RecognitionAway,
    RecognitionBack,
    RecognitionPaused,
    RecognitionResumed,
    RecordingPaused,
    RecordingResumed,
    ReportsNotTaken,
    SegmentDropped,
    SegmentRefused,
    SegmentRepaired,
    TornSetAside,
    TracksLost,
    TracksNotTaken,
    UploadsAway,
    UploadsBack,
)


def clean(text: str) -> str:
    """Without what would steer a terminal: records are written by others."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def notice(event: Event) -> str | None:
    """What everybody should know, in one line without control characters."""
    for wording in (_network_notice, _camera_notice, _spool_notice, _sink_notice):
        if words := wording(event):
            return clean(words)
    return None


def _network_notice(event: Event) -> str | None:
    match event:
        case RecognitionAway(reason):
            words = f"recognition is away, recording goes on: {reason}"
        case RecognitionBack(away_s):
            words = f"recognition is back after {away_s:.1f} seconds"
        case FaceGateMissing(reason):
            words = f"faces can't be found on this device, so it is asked more often: {reason}"
        case UploadsAway(reason):
            words = f"uploads wait, segments stay in the spool: {reason}"
        case UploadsBack(away_s):
            words = f"uploads go on after {away_s:.1f} seconds"
        case SegmentRefused(segment, reason):
            words = f"{segment.path.name} was not taken and stays in the spool: {reason}"
        case _:
            return None
    return words


def _camera_notice(event: Event) -> str | None:
    match event:
        case CameraAway(reason):
            words = f"the camera is away and tried again: {reason}"
        case CameraBack(away_s):
            words = f"the camera is back after {away_s:.1f} seconds"
        case ClockStepped(by_s):
            words = f"the clock was set by {by_s:+.1f} seconds; recorded times follow"
        case FramesDropped(count):
            words = f"{count} frames were not recorded: encoding is too slow"
        case _:
            return None
    return words


def _spool_notice(event: Event) -> str | None:
    match event:
        case TornSetAside(path):
            words = f"a torn segment with nothing whole in it was found and set aside: {path}"
        case SegmentRepaired(segment):
            seconds = segment.duration_ms / 1000
            words = f"a torn segment was found; {seconds:.2f} seconds of it are whole and kept"
        case SegmentDropped(segment, reason, uploaded=False):
            words = f"{segment.path.name} is lost, {segment.duration_ms / 1000:.2f} s: {reason}"
        case RecordingPaused(reason):
            words = f"recording pauses: {reason}"
        case RecordingResumed(lost_s):
            words = f"recording goes on; {lost_s:.1f} seconds were not recorded"
        case _:
            return None
    return words


def _sink_notice(event: Event) -> str | None:
    match event:
        case RecognitionPaused():
            words = "recognition was paused, recording goes on"
        case RecognitionResumed():
            words = "recognition goes on"
        case LivePageReady(url):
            words = f"live page: {url}"
        case LivePageAway(reason):
            words = f"the live page is away: {reason}"
        case OutletAway(outlet, reason):
            words = f"{outlet} is away: {reason}"
        case ReportsNotTaken(reason):
            words = f"the recognizer's console can't say how this recorder fares: {reason}"
        case TracksNotTaken(reason):
            words = f"the recognizer's videos show names now and then only: {reason}"
        case TracksLost(count):
            words = f"{count_visits(count)} lost where the face was; the names stay"
        case OutletBack(outlet, away_s, lost):
            words = f"{outlet} is back after {away_s:.1f} seconds, {lost} events were lost"
        case _:
            return None
    return words


def count_visits(count: int) -> str:
    """Write ``1 visit`` or ``3 visits``."""
    return f"{count} visit" if count == 1 else f"{count} visits"
