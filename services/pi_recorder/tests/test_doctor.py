"""`pi-recorder doctor` against a small recognizer, real files and stand-ins for a Pi's commands."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from facecore.contract import Health, HealthStatus
from pi_recorder.cli.main import app
from pi_recorder.spool import Spool

TOKEN = "frd_device"
Found = dict[str, tuple[str, str]]


class Server(HTTPServer):
    """Answers the doctor's requests; its clock is ahead by ``ahead``."""

    ahead = timedelta()
    role_status = 403

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        health = Health(
            status=HealthStatus.READY,
            version="1",
            model="m",
            gallery_size=2,
            gallery_people=1,
            gallery_version=1,
            gallery_outdated=0,
        )
        known = self.headers.get("authorization") == f"Bearer {TOKEN}"
        if self.path == "/v1/health":
            self.answer(200, "application/json", health.model_dump_json())
        elif known and self.server.role_status == 200:
            self.answer(200, "application/json", '{"people": [], "next": null}')
        else:
            status = self.server.role_status if known else 401
            problem = {"type": "about:blank", "title": "t", "status": status, "detail": "no"}
            code = {"code": "forbidden" if known else "unauthenticated"}
            self.answer(status, "application/problem+json", json.dumps(problem | code))

    def answer(self, status: int, kind: str, body: str) -> None:
        self.send_response_only(status)
        self.send_header(
            "date", format_datetime(datetime.now(UTC) + self.server.ahead, usegmt=True)
        )
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())


@pytest.fixture
def recognizer() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def settings(
    recognizer: Server, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> pytest.MonkeyPatch:
    monkeypatch.setenv("PI_RECORDER_URL", recognizer.url)
    monkeypatch.setenv("PI_RECORDER_TOKEN", TOKEN)
    monkeypatch.setenv("PI_RECORDER_CAMERA", str(clip))
    monkeypatch.setenv("PI_RECORDER_SPOOL_DIR", str(tmp_path / "spool"))
    return monkeypatch


def doctor(expected: int) -> Found:
    """Return state and finding of every check, by name."""
    done = CliRunner().invoke(app, ["doctor", "--json"])
    assert done.exit_code == expected, done.output
    assert TOKEN not in done.output
    checks = json.loads(done.stdout)
    assert all(check["fix"] for check in checks if check["state"] != "ok")
    return {check["name"]: (check["state"], check["found"]) for check in checks}


def board(folder: Path, monkeypatch: pytest.MonkeyPatch, **commands: str) -> None:
    """Put a Raspberry Pi's commands first on the path; each is a shell script's body."""
    for name, body in commands.items():
        script = folder / name
        script.write_text(f"#!/bin/sh\n{body}\n")
        script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def test_all_is_well(settings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir()
    found = doctor(expected=0)
    assert found["settings"] == ("ok", "all are valid")
    assert found["server"][1].endswith("is ready, version 1, 1 people")
    assert found["clock"] == ("ok", "as the server's")
    assert found["token"] == ("ok", "accepted, role device")
    assert found["spool"] == ("ok", str(tmp_path / "spool"))
    assert found["disk speed"][1].endswith("MB/s with sync")
    state, camera = found["camera"]
    assert state == "ok"
    assert "256x64" in camera
    assert not list((tmp_path / "spool").iterdir())  # nothing is left behind


def test_people_see_a_line_and_its_fix(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("PI_RECORDER_CAMERA", "/dev/video99")
    done = CliRunner().invoke(app, ["doctor"])
    assert done.exit_code == 1
    assert "fail  camera: /dev/video99: no such camera" in done.stdout
    assert "      → check the cable; `rpicam-hello --list-cameras`" in done.stdout


def test_wrong_settings_are_failures_one_each(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("PI_RECORDER_UPLOAD_DRAIN_S", "long")
    settings.delenv("PI_RECORDER_TOKEN")
    done = CliRunner().invoke(app, ["doctor"])
    assert done.exit_code == 1
    assert done.stdout.count("fail  settings: PI_RECORDER_") == 2


@pytest.mark.parametrize(
    ("ahead_s", "expected"),
    [
        (-60, ("warn", "seconds ahead of the server")),
        (60, ("warn", "seconds behind the server")),
        (3600, ("fail", "seconds behind the server; the store refuses uploads")),
    ],
)
def test_a_wrong_clock_is_reported(
    settings: pytest.MonkeyPatch, recognizer: Server, ahead_s: int, expected: tuple[str, str]
) -> None:
    recognizer.ahead = timedelta(seconds=ahead_s)
    state, found = doctor(expected=1 if expected[0] == "fail" else 0)["clock"]
    assert (state, found.partition(" ")[2]) == expected
    assert abs(int(found.split()[0]) - abs(ahead_s)) < 50


def test_a_token_that_is_not_known_is_a_failure(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("PI_RECORDER_TOKEN", "frd_other")
    assert doctor(expected=1)["token"][0] == "fail"


def test_an_admins_token_is_warned_of(settings: pytest.MonkeyPatch, recognizer: Server) -> None:
    recognizer.role_status = 200
    state, found = doctor(expected=0)["token"]
    assert state == "warn"
    assert "admin" in found


def test_a_server_that_is_not_there_and_a_name_without_address_are_failures(
    settings: pytest.MonkeyPatch,
) -> None:
    settings.setenv("PI_RECORDER_URL", "http://127.0.0.1:9")
    assert doctor(expected=1)["server"][0] == "fail"
    settings.setenv("PI_RECORDER_URL", "https://nowhere.invalid")
    found = doctor(expected=1)
    assert found["name"] == ("fail", "nowhere.invalid has no address")
    assert "server" not in found


def test_a_camera_that_a_recorder_uses_is_left_alone(
    settings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.setenv("PI_RECORDER_CAMERA", "/dev/video99")
    with Spool(tmp_path / "spool"):
        assert "in use by the running recorder" in doctor(expected=0)["camera"][1]


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("0x0", ("ok", "enough, and never throttled")),
        ("0x50000", ("warn", "since the start: under-voltage, throttled")),
        ("0x50005", ("fail", "now: under-voltage, throttled")),
    ],
)
def test_a_weak_power_supply_is_reported(
    settings: pytest.MonkeyPatch, tmp_path: Path, flags: str, expected: tuple[str, str]
) -> None:
    answers = f'case $1 in get_throttled) echo throttled={flags};; *) echo "temp=84.2\'C";; esac'
    board(tmp_path, settings, vcgencmd=answers)
    found = doctor(expected=1 if expected[0] == "fail" else 0)
    assert found["power"] == expected
    assert found["heat"] == ("warn", "84 °C")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ("active running 0 enabled", ("ok", "active (running)")),
        ("active running 3 enabled", ("warn", "active (running), restarted 3 times")),
        ("failed failed 0 enabled", ("fail", "failed (failed)")),
        (
            "inactive dead 0 disabled",
            ("warn", "inactive (dead); it does not start at boot"),
        ),
    ],
)
def test_the_unit_is_checked(
    settings: pytest.MonkeyPatch, tmp_path: Path, answers: str, expected: tuple[str, str]
) -> None:
    active, sub, restarts, enabled = answers.split()
    shown = (
        f"LoadState=loaded\\nActiveState={active}\\nSubState={sub}\\nStatusText=\\n"
        f"NRestarts={restarts}\\nUnitFileState={enabled}\\n"
    )
    board(tmp_path, settings, systemctl=f"printf '{shown}'")
    assert doctor(expected=1 if expected[0] == "fail" else 0)["service"] == expected


@pytest.mark.exhaustive
def test_a_server_that_never_answers_is_a_failure(settings: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.setenv("PI_RECORDER_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert "within 10 seconds" in doctor(expected=1)["server"][1]
