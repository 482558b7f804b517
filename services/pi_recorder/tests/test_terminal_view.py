"""The status in a terminal."""

from __future__ import annotations

import io
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from typer.testing import CliRunner

from facecore.contract import Box, Decision, PersonRecord
from pi_recorder.capture.latest_frame import LatestFrame
from pi_recorder.cli.main import app
from pi_recorder.cli.terminal_view import drawn
from pi_recorder.events import (
    Answered,
    RecognitionAway,
    Seen,
    TrackedFace,
    TrackState,
    VisitNamed,
)
from pi_recorder.operation.status import SpoolDisk
from pi_recorder.operation.status_aggregator import StatusAggregator
from services.pi_recorder.tests.conftest import NOON
from services.pi_recorder.tests.small_recognizer import (
    ADA,
    TOKEN,
    Script,
    SmallRecognizer,
    face,
    recognition,
)


def test_it_says_who_is_there_and_how_things_stand(tmp_path: Path) -> None:
    aggregator = StatusAggregator("front door", LatestFrame(), SpoolDisk(tmp_path))
    evil = PersonRecord(label="e", name="\x1b[2J[red]Eve", attributes={})
    box = Box(x=0, y=0, width=10, height=10)
    faces = (
        TrackedFace("t1", box, TrackState.MATCH, ADA, 0.83),
        TrackedFace("t2", box, TrackState.UNKNOWN, None, None),
        TrackedFace("t3", box, TrackState.MATCH, evil, 0.7),
    )
    aggregator.add(VisitNamed("t1", NOON, TrackState.MATCH, ADA, 0.83, 0.2, late=False))
    aggregator.add(Answered(NOON, 0.123, False, recognition()))
    aggregator.add(Seen(NOON, 640, 480, faces))
    aggregator.add(RecognitionAway("nobody listens"))
    out = io.StringIO()
    Console(file=out, width=100).print(drawn(aggregator.status()))
    text = out.getvalue()
    assert "Ada  similarity 0.83  major=Mathematics  year=1835" in text
    assert "unknown" in text
    assert "[red]Eve" in text
    assert "\x1b" not in text
    assert "1 visit" in text
    assert "away: nobody listens" in text
    assert "median 0.12 s" in text


def test_a_view_needs_a_terminal() -> None:
    refused = CliRunner().invoke(app, ["run", "--view"])
    assert refused.exit_code == 2
    assert "--view needs a terminal" in refused.stderr


def test_it_is_drawn_while_it_records_and_ends_with_the_summary(
    server: SmallRecognizer, script: Script, tmp_path: Path
) -> None:
    script.faces = [face(Decision.MATCH, ADA, 0.83)]
    environment = {
        **os.environ,
        "PI_RECORDER_URL": server.url,
        "PI_RECORDER_TOKEN": TOKEN,
        "PI_RECORDER_SPOOL_DIR": str(tmp_path / "spool"),
        "PI_RECORDER_LIVE_PORT": "off",
        "PI_RECORDER_RECOGNITION_MODE": "interval",  # the recognizer of this test needs no face
        "TERM": "xterm",
        "COLUMNS": "100",
    }
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "pi_recorder.cli.main", "run", "--view"]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs
    ) as child:
        os.close(theirs)
        output = b""
        while b"major=Mathematics" not in output:
            output += os.read(ours, 4096)
        child.send_signal(signal.SIGINT)
        try:
            while chunk := os.read(ours, 4096):
                output += chunk
        except OSError:  # a terminal's error when nobody is at its other end
            pass
    os.close(ours)
    assert child.returncode == 0, output.decode()
    assert "in view" in output.decode()
    assert "Latency:" not in output.decode()
    assert "summary" in output.decode()
