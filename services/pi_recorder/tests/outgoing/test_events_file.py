"""Events in a file: a line each, none of the screens' own, and no growth without end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pi_recorder.events import OutletAway, RecognitionAway, Seen
from pi_recorder.outgoing import events_file as module
from pi_recorder.outgoing.events_file import events_file
from services.pi_recorder.tests.conftest import NOON, Events, wait_until


def test_every_event_is_a_line(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with events_file(path, Events().append) as take:
        take(RecognitionAway("one"))
        take(Seen(NOON, 640, 480, ()))
        take(RecognitionAway("two"))
    with events_file(path, Events().append) as take:
        take(RecognitionAway("three"))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["reason"] for line in lines] == ["one", "two", "three"]


def test_it_begins_anew_when_it_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_BYTES", 2000)
    path = tmp_path / "events.jsonl"
    with events_file(path, Events().append) as take:
        for number in range(100):
            take(RecognitionAway(f"reason {number}"))
    assert sorted(tmp_path.iterdir()) == [path, tmp_path / "events.jsonl.1"]
    assert path.stat().st_size <= 2000
    assert "reason 99" in path.read_text()


def test_a_folder_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    events = Events()
    with events_file(tmp_path / "none" / "events.jsonl", events.append) as take:
        take(RecognitionAway("one"))
        wait_until(lambda: events.of(OutletAway))
    assert "No such file" in events.of(OutletAway)[0].reason
