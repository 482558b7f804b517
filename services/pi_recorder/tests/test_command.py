"""`pi-recorder` as a real process: its output and its exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from facecore.contract import Decision
from pi_recorder.cli.main import app
from services.pi_recorder.tests.conftest import wait_until
from services.pi_recorder.tests.small_recognizer import ADA, TOKEN, Script, SmallRecognizer, face

COMMAND = [sys.executable, "-m", "pi_recorder.cli.main"]


@pytest.fixture
def environment(server: SmallRecognizer, tmp_path: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if "PI_RECORDER" not in name}
    return {
        **clean,
        "PI_RECORDER_URL": server.url,
        "PI_RECORDER_TOKEN": TOKEN,
        "PI_RECORDER_SPOOL_DIR": str(tmp_path / "spool"),
        "PI_RECORDER_SEGMENT_SECONDS": "1",
        "PI_RECORDER_SAMPLE_INTERVAL_S": "0.2",
        "PI_RECORDER_RECOGNITION_MODE": "interval",  # a numbered frame shows no face
        "PI_RECORDER_LIVE_PORT": "off",
    }


def run(
    environment: dict[str, str], *arguments: object, command: Sequence[str] = COMMAND
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*command, *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def summary(output: str) -> dict[str, Any]:
    last: dict[str, Any] = json.loads(output.splitlines()[-1])
    assert last["event"] == "summary"
    return last


def test_a_clip_is_recorded_recognized_and_uploaded(
    environment: dict[str, str], script: Script, clip: Path
) -> None:
    script.faces = [face(Decision.MATCH, ADA, 0.83), face(Decision.UNKNOWN, similarity=0.1)]
    done = run(environment, "run", "--camera", clip)

    assert done.returncode == 0, done.stderr
    assert "  Ada  label=ada major=Mathematics year=1835  similarity 0.83  Latency: " in done.stdout
    assert "  unknown  Latency: " in done.stdout
    assert "45 frames, 3.00 seconds" in done.stdout
    assert "\x1b" not in done.stdout  # plain, because it is no terminal
    assert len(script.stored) == 3
    assert TOKEN not in done.stdout + done.stderr


def test_json_ends_with_the_summary(
    environment: dict[str, str], script: Script, clip: Path
) -> None:
    script.faces = [face(Decision.MATCH, ADA, 0.83)]
    done = run(environment, "run", "--camera", clip, "--pace", "fast", "--json")

    assert done.returncode == 0, done.stderr
    end = summary(done.stdout)
    assert (end["frames"], end["recorded_s"], end["segments_uploaded"]) == (45, 3.0, 3)
    assert end["answered"] == end["requests"] == len(script.asked_at) >= 1
    assert [(seen["label"], seen["best_similarity"]) for seen in end["people"]] == [("ada", 0.83)]
    assert end["latency_median_s"] > 0
    assert end["failures"] == []


def test_without_a_recognizer_it_fails_and_the_next_run_uploads(
    environment: dict[str, str], script: Script, clip: Path, server: SmallRecognizer
) -> None:
    away = {
        **environment,
        "PI_RECORDER_URL": "http://127.0.0.1:9",
        "PI_RECORDER_UPLOAD_DRAIN_S": "0.5",
    }
    failed = run(away, "run", "--camera", clip, "--pace", "fast", "--json")
    assert failed.returncode == 1
    assert summary(failed.stdout)["failures"] == [
        "3 segments are left; the next run will upload them",
        "the recognizer never answered",
    ]
    assert failed.stdout.count('"recognition_away"') == failed.stdout.count('"uploads_away"') == 1

    done = run(environment, "run", "--camera", clip, "--pace", "fast")
    assert done.returncode == 0, done.stderr
    assert len(set(script.announced)) == 6


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_cleanly(
    environment: dict[str, str], script: Script, number: signal.Signals
) -> None:
    command = [*COMMAND, "run", "--camera", "demo", "--json"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as child:
        wait_until(lambda: script.stored)
        child.send_signal(number)
        output, _ = child.communicate(timeout=300)
    assert child.returncode == 0
    end = summary(output)
    assert end["segments_recorded"] == end["segments_uploaded"] == len(script.stored)
    assert end["failures"] == []
    assert 0 < end["recorded_s"] < 25


def test_it_writes_into_the_spool_and_nowhere_else(
    environment: dict[str, str], clip: Path, tmp_path: Path
) -> None:
    places = {name: tmp_path / name.lower() for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME")}
    for place in places.values():
        place.mkdir()
    own = environment | {name: str(place) for name, place in places.items()}
    done = subprocess.run(
        [*COMMAND, "run", "--camera", str(clip), "--pace", "fast"],
        env=own,
        cwd=places["HOME"],
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [path for place in places.values() for path in place.rglob("*")] == []
    assert [path.name for path in (tmp_path / "spool").iterdir()] == [".lock"]


def test_a_camera_that_is_not_there_is_a_failure(environment: dict[str, str]) -> None:
    gone = CliRunner().invoke(app, ["run", "--camera", "gone.mp4"], env=environment)
    assert (gone.exit_code, gone.stdout) == (1, "")
    assert "there is no camera 'gone.mp4'" in gone.stderr


def test_a_camera_that_is_unplugged_is_a_failure(environment: dict[str, str]) -> None:
    at_once = {**environment, "PI_RECORDER_CAMERA_GIVE_UP_S": "0"}
    done = run(at_once, "run", "--camera", "/dev/video99")
    assert done.returncode == 1
    assert done.stderr.startswith("failed: /dev/video99: no such camera")


def test_all_wrong_settings_are_named_at_once_without_their_values(
    environment: dict[str, str],
) -> None:
    wrong = {
        **environment,
        "PI_RECORDER_TOKEN": "",
        "PI_RECORDER_URL": "http://user:hidden@example.org",
        "PI_RECORDER_SEGMENT_SECONDS": "soon",
        "PI_RECORDER_CAMERA": f"rtsp://user:{TOKEN}@example.org",
        "PI_RECORDER_CAMERA_WIDTH": "640",
    }
    done = CliRunner().invoke(app, ["run"], env=wrong)
    assert (done.exit_code, done.stdout) == (2, "")
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == [
        "PI_RECORDER_URL",
        "PI_RECORDER_TOKEN",
        "PI_RECORDER_CAMERA_HEIGHT",
        "PI_RECORDER_SEGMENT_SECONDS",
    ]
    assert "set width and height, or neither of them" in done.stderr
    assert TOKEN not in done.stderr
    assert "recognizer devices add NAME" in done.stderr
    assert "hidden" not in done.stderr


def test_without_what_finds_faces_it_goes_by_motion_and_says_so_once(
    environment: dict[str, str], script: Script, clip: Path
) -> None:
    script.faces = [face(Decision.MATCH, ADA, 0.83)]
    code = (
        "import sys; sys.modules['onnxruntime'] = None\n"  # as where it is not installed
        "from pi_recorder.cli.main import app; app()"
    )
    tracking = {**environment, "PI_RECORDER_RECOGNITION_MODE": "track"}
    done = run(tracking, "run", "--camera", clip, command=[sys.executable, "-c", code])
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("this device can't find faces") == 1
    assert "pip install facecore[vision]" in done.stdout
    assert "  Ada  label=ada " in done.stdout


def test_what_finds_faces_is_loaded_before_there_are_threads(
    environment: dict[str, str], clip: Path
) -> None:
    code = (
        "import sys, threading\n"
        "def on_event(event, args):\n"
        "    if event == 'import' and args[0] in ('cv2', 'onnxruntime'):\n"
        "        print(args[0], 'beside', threading.active_count() - 1, file=sys.stderr)\n"
        "sys.addaudithook(on_event)\n"
        "from pi_recorder.cli.main import app; app()"
    )
    tracking = {**environment, "PI_RECORDER_RECOGNITION_MODE": "track"}
    program = [sys.executable, "-c", code]
    done = run(tracking, "run", "--camera", clip, "--pace", "fast", command=program)
    assert done.returncode == 0, done.stderr
    imported = [line for line in done.stderr.splitlines() if "beside" in line]
    assert set(imported) == {"cv2 beside 0", "onnxruntime beside 0"}


def test_recognition_can_be_switched_off(
    environment: dict[str, str], script: Script, clip: Path
) -> None:
    off = {**environment, "PI_RECORDER_RECOGNITION_MODE": "off"}
    done = run(off, "run", "--camera", clip, "--pace", "fast")
    assert done.returncode == 0, done.stderr
    assert len(script.stored) == 3
    assert not script.asked_at


def test_importing_it_loads_nothing_that_finds_faces() -> None:
    code = (
        "import sys, pi_recorder.cli.main\n"
        "heavy = {'torch', 'onnxruntime', 'onnx', 'cv2', 'picamera2'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
