"""Events in a file: one line each, no events of the screens, and a bounded size."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from pi_recorder.events import RecognitionAway, Seen, SinkAway
from pi_recorder.integrations import events_file as module
from pi_recorder.integrations.events_file import events_file
from services.pi_recorder.tests.conftest import NOON, Events, mode, wait_until


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


def test_a_full_file_is_rotated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_BYTES", 2000)
    path = tmp_path / "events.jsonl"
    with events_file(path, Events().append) as take:
        for number in range(100):
            take(RecognitionAway(f"reason {number}"))
    assert sorted(tmp_path.iterdir()) == [path, tmp_path / "events.jsonl.1"]
    assert path.stat().st_size <= 2000
    assert "reason 99" in path.read_text()


@pytest.mark.usefixtures("open_umask")
def test_a_new_file_is_its_owners_alone_and_the_next_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MAX_BYTES", 2000)
    path = tmp_path / "events.jsonl"
    with events_file(path, Events().append) as take:
        for number in range(100):
            take(RecognitionAway(f"reason {number}"))
    assert {oct(mode(file)) for file in tmp_path.iterdir()} == {"0o600"}


def test_permissions_that_were_set_on_purpose_survive_a_rotation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MAX_BYTES", 2000)
    path = tmp_path / "events.jsonl"
    path.touch()
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, -1, 12345)
    given = path.stat()
    with events_file(path, Events().append) as take:
        for number in range(100):
            take(RecognitionAway(f"reason {number}"))
    assert (tmp_path / "events.jsonl.1").exists()
    assert (mode(path), path.stat().st_gid) == (0o640, given.st_gid)


def test_a_file_that_everybody_can_read_is_reported(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "events.jsonl"
    path.touch()
    path.chmod(0o644)
    with events_file(path, Events().append) as take:
        take(RecognitionAway("one"))
    assert mode(path) == 0o644
    assert f"{path}: everybody on this machine can read its events" in caplog.text


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    events = Events()
    with events_file(tmp_path / "none" / "events.jsonl", events.append) as take:
        take(RecognitionAway("one"))
        wait_until(lambda: events.of(SinkAway))
    assert "No such file" in events.of(SinkAway)[0].reason
