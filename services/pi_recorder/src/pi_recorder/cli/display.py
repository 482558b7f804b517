"""Print events: ``ConsoleDisplay`` for people, ``JsonLines`` for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from threading import Lock
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from facecore.text import sanitize
from pi_recorder.events import (
    Answered,
    Event,
    Seen,
    SegmentDropped,
    SegmentRecorded,
    SegmentUploaded,
    TrackState,
    VisitNamed,
)
from pi_recorder.events.formatting import as_json, count_visits, event_json, notice
from pi_recorder.operation.run_summary import RunSummary

STYLES = {
    TrackState.MATCH: "green",
    TrackState.UNCERTAIN: "yellow",
    TrackState.UNKNOWN: "cyan",
    TrackState.UNSEEN: "dim",
}


class ConsoleDisplay:
    """Prints events as text to a terminal or a file.

    Args:
        verbose: also print segments, and faces that the quality gate refused.
    """

    def __init__(self, console: Console, *, verbose: bool = False) -> None:
        self._console = console
        self._verbose = verbose

    def show(self, event: Event) -> None:
        """Print the event, if it is one for people."""
        for line in self._lines(event):
            self._print(line)

    def end(self, summary: RunSummary, failures: list[str]) -> None:  # noqa: ARG002 - see JsonLines
        """Print the run's summary; the error output has the failures."""
        self._console.print(_table(summary))

    def _print(self, line: Text) -> None:
        self._console.print(line, soft_wrap=True)

    def _lines(self, event: Event) -> Iterator[Text]:
        if isinstance(event, VisitNamed):
            yield _visit(event)
        elif words := _notice(event):
            yield words
        elif self._verbose:
            yield from _details(event)


class JsonLines:
    """Writes one JSON object a line: ``{"event": "answered", "time": …, …}``; the summary last.

    ``Seen`` is left out, because it comes several times a second and is for screens.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._lock = Lock()

    def show(self, event: Event) -> None:
        """Write the event."""
        if not isinstance(event, Seen):
            self._write(event_json(event, datetime.now(UTC)))

    def end(self, summary: RunSummary, failures: list[str]) -> None:
        """Write the run's summary with the failures."""
        self._write(as_json("summary", datetime.now(UTC), **asdict(summary), failures=failures))

    def _write(self, line: bytes) -> None:
        with self._lock:
            self._out.write(line.decode() + "\n")
            self._out.flush()


def _visit(event: VisitNamed) -> Text:
    """Describe the current decision about a visit."""
    latency = f"  Latency: {event.latency_s:.2f} seconds" + ("  (late)" if event.late else "")
    time = f"{event.at.astimezone():%H:%M:%S}  "
    return Text.assemble((time, "dim"), (_described(event), STYLES[event.state]), latency)


def _described(event: VisitNamed) -> str:
    words = [event.state.value]
    if event.person is not None:
        facts = {"label": event.person.label, **event.person.attributes}
        words = [
            sanitize(event.person.name),
            " ".join(f"{k}={_value(v)}" for k, v in facts.items()),
        ]
    if event.similarity is not None and event.state is not TrackState.UNKNOWN:
        words.append(f"similarity {event.similarity:.2f}")
    return "  ".join(words)


def _value(value: object) -> str:
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return sanitize(f'"{text}"' if " " in text else text)


def _notice(event: Event) -> Text | None:
    """Describe an event that everybody should know of; None for other events."""
    words = notice(event)
    return Text(words, style="yellow") if words else None


def _details(event: Event) -> Iterator[Text]:
    """Describe an event for verbose output."""
    match event:
        case SegmentRecorded(segment, frames):
            yield _dim(f"recorded {frames} frames, {segment.duration_ms / 1000:.2f} seconds")
        case SegmentUploaded(_, key):
            yield _dim(f"uploaded {key}")
        case SegmentDropped(segment, _, uploaded=True):
            yield _dim(f"{segment.path.name} is uploaded and was deleted here to make room")
        case Answered(captured_at, _, _, recognition):
            for face in recognition.faces:
                if not face.quality.accepted:
                    time, reasons = captured_at.astimezone(), ", ".join(face.quality.reasons)
                    yield _dim(f"{time:%H:%M:%S}  a face, not compared: {reasons}")


def _dim(words: str) -> Text:
    return Text(sanitize(words), style="dim")


def _table(summary: RunSummary) -> Table:
    table = Table("summary", "", show_edge=False, title_justify="left")
    dropped = f", {summary.frames_dropped} dropped" if summary.frames_dropped else ""
    left = f", {summary.segments_left} left in the spool" if summary.segments_left else ""
    late = f", {summary.late} late" if summary.late else ""
    table.add_row("recorded", f"{summary.frames} frames, {summary.recorded_s:.2f} seconds{dropped}")
    table.add_row("uploaded", f"{summary.segments_uploaded} segments{left}")
    table.add_row("recognitions", f"{summary.answered} of {summary.requests} answered{late}")
    table.add_row("visits", str(summary.visits))
    for seen in summary.people:
        best = f"{count_visits(seen.count)}, best similarity {seen.best_similarity:.2f}"
        table.add_row(Text(sanitize(seen.name)), best)
    table.add_row("unknown", count_visits(summary.unknown))
    table.add_row("uncertain", count_visits(summary.uncertain))
    if summary.unseen:
        table.add_row("never answered", count_visits(summary.unseen))
    if summary.latency_median_s is not None and summary.latency_p95_s is not None:
        median, p95 = summary.latency_median_s, summary.latency_p95_s
        table.add_row("latency", f"median {median:.2f} seconds, 95th percentile {p95:.2f} seconds")
    return table
