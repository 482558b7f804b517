"""Shows people what happens, a line each; plain text when the output is not a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pi_recorder.events import (
    Answered,
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
    SegmentRecorded,
    SegmentRefused,
    SegmentRepaired,
    SegmentUploaded,
    TornSetAside,
    TracksLost,
    TracksNotTaken,
    TrackState,
    UploadsAway,
    UploadsBack,
    VisitNamed,
)
from pi_recorder.operation.run_summary import Summary

_STYLES = {
    TrackState.MATCH: "green",
    TrackState.UNCERTAIN: "yellow",
    TrackState.UNKNOWN: "cyan",
    TrackState.UNSEEN: "dim",
}


class ConsoleDisplay:
    """Prints to a terminal, or into a file.

    Args:
        verbose: also shows segments, and faces that were too poor to be named.
    """

    def __init__(self, console: Console, *, verbose: bool = False) -> None:
        self._console = console
        self._verbose = verbose

    def show(self, event: Event) -> None:
        """Prints the event, if it is one to print."""
        for line in self._lines(event):
            self._print(line)

    def end(self, summary: Summary, failures: list[str]) -> None:  # noqa: ARG002 - see JsonLines
        """Prints the run's summary; what failed is the error output's."""
        self._console.print(_table(summary))

    def _print(self, line: Text) -> None:
        self._console.print(line, soft_wrap=True)

    def _lines(self, event: Event) -> Iterator[Text]:
        if isinstance(event, VisitNamed):
            yield _visit(event)
        elif notice := _notice(event):
            yield notice
        elif self._verbose:
            yield from _details(event)


def _visit(event: VisitNamed) -> Text:
    """Who it is; once a visit, and again when that changes."""
    latency = f"  Latency: {event.latency_s:.2f} seconds" + ("  (late)" if event.late else "")
    time = f"{event.at.astimezone():%H:%M:%S}  "
    return Text.assemble((time, "dim"), (_described(event), _STYLES[event.state]), latency)


def _described(event: VisitNamed) -> str:
    words = [event.state.value]
    if event.person is not None:
        facts = {"label": event.person.label, **event.person.attributes}
        words = [clean(event.person.name), " ".join(f"{k}={_value(v)}" for k, v in facts.items())]
    if event.similarity is not None and event.state is not TrackState.UNKNOWN:
        words.append(f"similarity {event.similarity:.2f}")
    return "  ".join(words)


def _value(value: object) -> str:
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return clean(f'"{text}"' if " " in text else text)


def clean(text: str) -> str:
    """Without what would steer a terminal: records are written by others."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def _notice(event: Event) -> Text | None:
    """What everybody should know."""
    words = notice(event)
    return Text(words, style="yellow") if words else None


def notice(event: Event) -> str | None:
    """What everybody should know, in one line without control characters."""
    for told in (_of_the_network, _of_the_camera, _of_the_spool, _of_the_outlets):
        if words := told(event):
            return clean(words)
    return None


def _of_the_network(event: Event) -> str | None:
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


def _of_the_camera(event: Event) -> str | None:
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


def _of_the_spool(event: Event) -> str | None:
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


def _of_the_outlets(event: Event) -> str | None:
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
            words = f"{_visits(count)} lost where the face was; the names stay"
        case OutletBack(outlet, away_s, lost):
            words = f"{outlet} is back after {away_s:.1f} seconds, {lost} events were lost"
        case _:
            return None
    return words


def _details(event: Event) -> Iterator[Text]:
    """What only those should know who want all."""
    match event:
        case SegmentRecorded(segment, frames):
            yield _dim(f"recorded {frames} frames, {segment.duration_ms / 1000:.2f} seconds")
        case SegmentUploaded(_, key):
            yield _dim(f"uploaded {key}")
        case SegmentDropped(segment, _, uploaded=True):
            yield _dim(f"{segment.path.name} is uploaded and made room here")
        case Answered(captured_at, _, _, recognition):
            for face in recognition.faces:
                if not face.quality.accepted:
                    time, reasons = captured_at.astimezone(), ", ".join(face.quality.reasons)
                    yield _dim(f"{time:%H:%M:%S}  a face, not compared: {reasons}")


def _dim(words: str) -> Text:
    return Text(clean(words), style="dim")


def _visits(count: int) -> str:
    return f"{count} visit" if count == 1 else f"{count} visits"


def _table(summary: Summary) -> Table:
    table = Table("summary", "", show_edge=False, title_justify="left")
    dropped = f", {summary.frames_dropped} dropped" if summary.frames_dropped else ""
    left = f", {summary.segments_left} left in the spool" if summary.segments_left else ""
    late = f", {summary.late} late" if summary.late else ""
    table.add_row("recorded", f"{summary.frames} frames, {summary.recorded_s:.2f} seconds{dropped}")
    table.add_row("uploaded", f"{summary.segments_uploaded} segments{left}")
    table.add_row("recognitions", f"{summary.answered} of {summary.asked} answered{late}")
    table.add_row("visits", str(summary.visits))
    for seen in summary.people:
        best = f"{_visits(seen.count)}, best similarity {seen.best_similarity:.2f}"
        table.add_row(Text(clean(seen.name)), best)
    table.add_row("unknown", _visits(summary.unknown))
    table.add_row("uncertain", _visits(summary.uncertain))
    if summary.unseen:
        table.add_row("never answered", _visits(summary.unseen))
    if summary.latency_median_s is not None and summary.latency_p95_s is not None:
        median, p95 = summary.latency_median_s, summary.latency_p95_s
        table.add_row("latency", f"median {median:.2f} seconds, 95th percentile {p95:.2f} seconds")
    return table
