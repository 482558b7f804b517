"""The recorder's output for people and for programs."""

from __future__ import annotations

import io
import json
import re

import pytest
from rich.console import Console

from facecore.contract import Decision, PersonRecord, RecognizedFace
from pi_recorder.cli.display import ConsoleDisplay, JsonLines
from pi_recorder.events import (
    Answered,
    Event,
    RecognitionAway,
    Seen,
    SegmentUploaded,
    TrackState,
    VisitBegan,
    VisitEnded,
    VisitNamed,
)
from pi_recorder.operation.run_summary import RunCounters
from pi_recorder.spool import Spool
from services.pi_recorder.tests.conftest import NOON, keep
from services.pi_recorder.tests.small_recognizer import ADA, face, poor_face, recognition


def shown(*events: Event, verbose: bool = False) -> str:
    out = io.StringIO()
    display = ConsoleDisplay(Console(file=out, highlight=False, width=40), verbose=verbose)
    for event in events:
        display.show(event)
    return out.getvalue()


def answered(*faces: RecognizedFace, late: bool = False) -> Answered:
    return Answered(NOON, 0.1234, late, recognition(*faces))


def named(
    state: TrackState,
    person: PersonRecord | None = None,
    similarity: float | None = None,
    *,
    late: bool = False,
) -> VisitNamed:
    return VisitNamed("v", NOON, state, person, similarity, 0.1234, late)


def ended(state: TrackState, person: PersonRecord | None, similarity: float | None) -> VisitEnded:
    return VisitEnded("v", NOON, NOON, state, person, similarity, requests=2)


def test_a_match_is_one_line_with_record_and_latency() -> None:
    line = shown(VisitBegan("v", NOON), named(TrackState.MATCH, ADA, 0.834))
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d  Ada  label=ada major=Mathematics year=1835  "
        r"similarity 0\.83  Latency: 0\.12 seconds\n",
        line,
    )


def test_unknown_and_uncertain_are_shown() -> None:
    lines = shown(named(TrackState.UNKNOWN), named(TrackState.UNCERTAIN, similarity=0.5))
    assert "  unknown  Latency: 0.12 seconds\n" in lines
    assert "  uncertain  similarity 0.50  Latency: 0.12 seconds\n" in lines


def test_a_late_answer_says_so() -> None:
    assert shown(named(TrackState.UNKNOWN, late=True)).endswith("seconds  (late)\n")


def test_a_face_too_poor_is_shown_only_on_request() -> None:
    assert shown(answered(poor_face())) == ""
    assert "not compared: blurred" in shown(answered(poor_face()), verbose=True)


def test_a_record_cannot_steer_the_terminal() -> None:
    evil = PersonRecord(label="e", name="\x1b[2J[red]Eve", attributes={"a": "x\ny", "b": ["1", 2]})
    line = shown(named(TrackState.MATCH, evil, 0.9))
    assert "\x1b" not in line
    assert line.count("\n") == 1
    assert "[red]Eve  label=e a=x y b=1,2" in line


def test_json_output_is_one_object_a_line(spool: Spool) -> None:
    segment = keep(spool, b"video", NOON)
    out = io.StringIO()
    lines, counters = JsonLines(out), RunCounters()
    for event in (
        answered(face(Decision.MATCH, ADA, 0.8)),
        Seen(NOON, 640, 480, ()),
        named(TrackState.MATCH, ADA, 0.8),
        RecognitionAway("nobody listens"),
        SegmentUploaded(segment, "vidinput/a.mp4"),
    ):
        lines.show(event)
        counters.add(event)
    lines.end(counters.summary(segments_left=1), ["1 segment is left"])

    answer, name, away, uploaded, summary = map(json.loads, out.getvalue().splitlines())
    assert answer["event"] == "answered"
    assert answer["recognition"]["faces"][0]["person"]["name"] == "Ada"
    assert (name["event"], name["person"]["label"]) == ("visit_named", "ada")
    assert (away["event"], away["reason"]) == ("recognition_away", "nobody listens")
    assert (uploaded["key"], uploaded["segment"]["sha256"]) == ("vidinput/a.mp4", segment.sha256)
    assert summary["event"] == "summary"
    assert (summary["segments_left"], summary["failures"]) == (1, ["1 segment is left"])


def test_the_summary_counts_visits_and_latencies() -> None:
    counters = RunCounters()
    for number in range(1, 101):
        counters.add(Answered(NOON, number / 100, number > 98, recognition(poor_face())))
    for similarity in (0.7, 0.8, 0.75):
        counters.add(ended(TrackState.MATCH, ADA, similarity))
    for state in (TrackState.UNKNOWN, TrackState.UNCERTAIN, TrackState.UNSEEN):
        counters.add(ended(state, None, None))
    summary = counters.summary(segments_left=0)

    [ada] = summary.people
    assert (ada.name, ada.count, ada.best_similarity) == ("Ada", 3, 0.8)
    assert (summary.visits, summary.unknown, summary.uncertain, summary.unseen) == (6, 1, 1, 1)
    assert summary.late == 2
    assert summary.latency_median_s == pytest.approx(0.5, abs=0.01)
    assert summary.latency_p95_s == pytest.approx(0.95, abs=0.01)
