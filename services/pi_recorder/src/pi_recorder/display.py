"""Shows people what happens, a line each; plain text when the output is not a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from facecore.contract import Decision, RecognizedFace
from pi_recorder.events import (
    Answered,
    Event,
    FramesDropped,
    RecognitionAway,
    RecognitionBack,
    SegmentRecorded,
    SegmentRefused,
    SegmentUploaded,
    TornSetAside,
    UploadsAway,
    UploadsBack,
)
from pi_recorder.tally import Summary

_STYLES = {Decision.MATCH: "green", Decision.UNCERTAIN: "yellow", Decision.UNKNOWN: "cyan"}


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
        if isinstance(event, Answered):
            yield from self._answer(event)
        elif notice := _notice(event):
            yield notice
        elif self._verbose and (detail := _detail(event)):
            yield detail

    def _answer(self, event: Answered) -> Iterator[Text]:
        time = f"{event.captured_at.astimezone():%H:%M:%S}"
        latency = f"Latency: {event.latency_s:.2f} seconds" + ("  (late)" if event.late else "")
        for face in event.recognition.faces:
            if face.quality.accepted:
                line = Text.assemble(
                    (f"{time}  ", "dim"), (_described(face), _STYLES[face.decision])
                )
                yield line.append(f"  {latency}")
            elif self._verbose:
                reasons = ", ".join(face.quality.reasons)
                yield Text(f"{time}  a face, not compared: {reasons}", style="dim")


def _described(face: RecognizedFace) -> str:
    words = [face.decision.value]
    if face.person is not None:
        facts = {"label": face.person.label, **face.person.attributes}
        words = [_clean(face.person.name), " ".join(f"{k}={_value(v)}" for k, v in facts.items())]
    if face.similarity is not None and face.decision is not Decision.UNKNOWN:
        words.append(f"similarity {face.similarity:.2f}")
    return "  ".join(words)


def _value(value: object) -> str:
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return _clean(f'"{text}"' if " " in text else text)


def _clean(text: str) -> str:
    """Without what would steer a terminal: records are written by others."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def _notice(event: Event) -> Text | None:
    """What everybody should know."""
    match event:
        case RecognitionAway(reason):
            words = f"recognition is away, recording goes on: {reason}"
        case RecognitionBack(away_s):
            words = f"recognition is back after {away_s:.1f} seconds"
        case UploadsAway(reason):
            words = f"uploads wait, segments stay in the spool: {reason}"
        case UploadsBack(away_s):
            words = f"uploads go on after {away_s:.1f} seconds"
        case SegmentRefused(segment, reason):
            words = f"{segment.path.name} was not taken and stays in the spool: {reason}"
        case FramesDropped(count):
            words = f"{count} frames were not recorded: encoding is too slow"
        case TornSetAside(path):
            words = f"a torn segment was found and set aside: {path}"
        case _:
            return None
    return Text(_clean(words), style="yellow")


def _detail(event: Event) -> Text | None:
    match event:
        case SegmentRecorded(segment, frames):
            words = f"recorded {frames} frames, {segment.duration_ms / 1000:.2f} seconds"
        case SegmentUploaded(_, key):
            words = f"uploaded {key}"
        case _:
            return None
    return Text(_clean(words), style="dim")


def _table(summary: Summary) -> Table:
    table = Table("summary", "", show_edge=False, title_justify="left")
    dropped = f", {summary.frames_dropped} dropped" if summary.frames_dropped else ""
    left = f", {summary.segments_left} left in the spool" if summary.segments_left else ""
    late = f", {summary.late} late" if summary.late else ""
    table.add_row("recorded", f"{summary.frames} frames, {summary.recorded_s:.2f} seconds{dropped}")
    table.add_row("uploaded", f"{summary.segments_uploaded} segments{left}")
    table.add_row("recognitions", f"{summary.answered} of {summary.asked} answered{late}")
    for seen in summary.people:
        best = f"{seen.count} times, best similarity {seen.best_similarity:.2f}"
        table.add_row(Text(_clean(seen.name)), best)
    table.add_row("unknown", f"{summary.unknown} times")
    table.add_row("uncertain", f"{summary.uncertain} times")
    if summary.latency_median_s is not None and summary.latency_p95_s is not None:
        median, p95 = summary.latency_median_s, summary.latency_p95_s
        table.add_row("latency", f"median {median:.2f} seconds, 95th percentile {p95:.2f} seconds")
    return table
