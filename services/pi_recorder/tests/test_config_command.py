"""`pi-recorder config` and `pi-recorder status` as a user calls them."""

from __future__ import annotations

import json
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pi_recorder.cli.main import app
from pi_recorder.spool import Spool
from services.pi_recorder.tests.conftest import NOON, keep

SECRET = "frd_never-shown"


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)], env={"COLUMNS": "200"})


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    assert call("config", "init", path, "--set", f"spool_dir={tmp_path / 'spool'}").exit_code == 0
    return path


def test_a_new_file_is_complete_but_for_the_token(config: Path) -> None:
    assert call("config", "check", "--config", config).exit_code == 2
    device = config.with_name("device.env")
    device.touch(mode=0o600)
    device.write_text(f"PI_RECORDER_TOKEN={SECRET}\n")
    done = call("config", "check", "--config", config)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "all settings are valid\n", "")


def test_init_leaves_a_file_that_is_there(config: Path) -> None:
    config.write_text("# mine\n")
    done = call("config", "init", config)
    assert done.exit_code == 1
    assert "was not changed" in done.stderr
    assert config.read_text() == "# mine\n"


@pytest.mark.parametrize("given", ["camra=demo", "token=x", "segment_seconds=never"])
def test_init_refuses_what_can_not_be_set(tmp_path: Path, given: str) -> None:
    done = call("config", "init", tmp_path / "new.toml", "--set", given)
    assert done.exit_code == 2
    assert not (tmp_path / "new.toml").exists()


def test_show_names_the_source_of_each_setting_and_hides_secrets(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PI_RECORDER_TOKEN", SECRET)
    monkeypatch.setenv("PI_RECORDER_CAMERA", "rtsp://me:hidden@door.local/live")
    shown = call("config", "show", "--config", config)
    assert shown.exit_code == 0
    machine = call("config", "show", "--config", config, "--json")
    rows = {row["name"]: (row["value"], row["origin"]) for row in json.loads(machine.stdout)}
    assert rows["token"] == ("********", "environment")
    assert rows["camera"] == ("rtsp://********@door.local/live", "environment")
    assert rows["spool_dir"][1] == str(config)
    assert rows["segment_seconds"] == (10.0, "default")
    for text in (shown.output, machine.output):
        assert SECRET not in text
        assert "hidden" not in text


def test_status_of_a_stopped_recorder_shows_its_spool(config: Path, tmp_path: Path) -> None:
    with Spool(tmp_path / "spool") as spool:
        segment = keep(spool, b"x" * 1000, NOON)
        kept = segment.path.parent / "uploaded" / segment.path.name
        kept.parent.mkdir()
        kept.write_bytes(b"y")
        losses = (
            '{"kind": "dropped", "at": "2026-01-02T12:00:00Z", "seconds": 10.5}\n'
            '{"kind": "paused", "at": "2026-01-02T12:00:00Z", "seconds": 2.0}\n{"ki'
        )
        (tmp_path / "spool" / "losses.jsonl").write_text(losses)
        spool.part(NOON).touch()
        assert call("status", "--config", config).exit_code == 0
    assert "the next start recovers" in call("status", "--config", config).stdout
    with Spool(tmp_path / "spool") as spool:
        assert spool.recover()
    done = call("status", "--config", config, "--json")
    assert done.exit_code == 3
    report = json.loads(done.stdout)
    assert report["spool"] == {
        "queued": 1,
        "bytes": 1000,
        "seconds": 10.0,
        "oldest": "2026-01-02T12:00:00Z",
        "kept": 1,
        "lost_s": 12.5,
        "unfinished": 0,
        "set_aside": 1,
    }
    assert (report["running"], report["live"]) == (False, None)
    assert "does not run" in call("status", "--config", config).stdout


def test_status_makes_nothing(config: Path, tmp_path: Path) -> None:
    assert call("status", "--config", config).exit_code == 3
    assert not (tmp_path / "spool").exists()


def test_status_of_a_running_recorder_is_what_its_live_page_says(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    well = {"camera": {"state": "on"}, "uploads": {"state": "on"}, "counts": {"answered": 7}}
    away = {**well, "uploads": {"state": "away", "reason": "no route"}}
    with Spool(tmp_path / "spool"):
        with page(monkeypatch, well):
            done = call("status", "--config", config)
            assert done.exit_code == 0, done.output
            assert "counts answered" in done.stdout
        with page(monkeypatch, away):
            done = call("status", "--config", config)
            assert done.exit_code == 1
            assert "uploads is away: no route" in done.stdout
        done = call("status", "--config", config, "--json")
        assert (done.exit_code, json.loads(done.stdout)["live"]) == (0, None)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look everywhere")
def test_status_reports_a_missing_permission(config: Path, tmp_path: Path) -> None:
    with Spool(tmp_path / "spool"):
        (tmp_path / "spool").chmod(0)
        done = call("status", "--config", config)
        (tmp_path / "spool").chmod(stat.S_IRWXU)
    assert done.exit_code == 4
    assert "sudo" in done.stderr


@contextmanager
def page(monkeypatch: pytest.MonkeyPatch, status: object) -> Iterator[None]:
    """A server that answers as the live page does."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(status).encode()
            self.send_response(200 if self.path == "/status.json" else 404)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        monkeypatch.setenv("PI_RECORDER_LIVE_PORT", str(server.server_port))
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()
