"""A stop ends soon, whatever hangs, and finishes the open segment: real processes, real signals.

The deadlines of everything that hangs here are longer than a test waits, so a stop that waited for
one of them would fail by the timeout.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pi_recorder.spool.inspection import in_use, spool_view
from services.pi_recorder.tests.conftest import numbers, wait_until

SIGTERM = 1 << signal.SIGTERM - 1
CHILD = Path(__file__).with_name("child_recorder.py")
STUCK = """
import threading, time
from pi_recorder.operation.supervision import call_on_stop_signals
call_on_stop_signals(lambda: print("asked", flush=True))
print("ready", flush=True)
while True:
    time.sleep(0.1)
"""


@pytest.fixture
def black_hole() -> Iterator[str]:
    """The address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def environment(black_hole: str, tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PI_RECORDER_URL": black_hole,
        "PI_RECORDER_TOKEN": "t",
        "PI_RECORDER_SPOOL_DIR": str(tmp_path / "spool"),
        "PI_RECORDER_SEGMENT_SECONDS": "1",
        "PI_RECORDER_UPLOAD_DRAIN_S": "600",
        "PI_RECORDER_RECOGNITION_DEADLINE_S": "60",
        "PI_RECORDER_UPLOAD_STALL_S": "3600",
    }


@contextmanager
def child(environment: dict[str, str], camera: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(CHILD), camera]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def until_event(process: subprocess.Popen[str], event: str) -> None:
    """Read the child's lines up to the first of this event."""
    assert process.stdout
    assert any(f'"event":"{event}"' in line for line in process.stdout), "it ended before"


def signals(pid: int, kind: str) -> int:
    """Return a process's signals of a kind, a bit each, by proc(5)'s name: SigCgt has a handler."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1], 16) for line in lines if line.startswith(kind))


def after_signals(
    process: subprocess.Popen[str], *numbers: int, within_s: float = 300
) -> list[str]:
    """Send signals and return the child's last lines."""
    for number in numbers:
        process.send_signal(number)
    output, _ = process.communicate(timeout=within_s)
    assert process.returncode == 0
    return output.splitlines()


@pytest.mark.parametrize(
    "camera", ["steady", pytest.param("hanging", marks=pytest.mark.exhaustive)]
)
def test_a_stop_finishes_the_open_segment_whatever_hangs(
    environment: dict[str, str], tmp_path: Path, camera: str
) -> None:
    with child(environment, camera) as process:
        until_event(process, "segment_recorded")
        lines = after_signals(process, signal.SIGTERM)

    assert not list((tmp_path / "spool").glob("*.part"))
    files = sorted((tmp_path / "spool").glob("*.mp4"))
    assert len(files) >= 2  # the reported one, and the open one
    found = [number for path in files for number in numbers(path)]
    assert found == list(range(len(found)))
    [summary] = [line for line in lines if '"event":"summary"' in line]
    assert json.loads(summary)["failures"] == [], "a driver that hangs is left behind"


@pytest.mark.exhaustive
def test_a_stop_writes_what_a_full_queue_holds(environment: dict[str, str], tmp_path: Path) -> None:
    # 32 frames of 1080p take a machine that is busy with other things longer than 4 seconds.
    with child(environment | {"PI_RECORDER_STOP_TIMEOUT_S": "15"}, "flood") as process:
        until_event(process, "frames_dropped")
        after_signals(process, signal.SIGINT)
    assert not list((tmp_path / "spool").glob("*.part"))
    assert spool_view(tmp_path / "spool").queued >= 2


def test_a_stop_before_the_first_frame_is_a_stop(environment: dict[str, str]) -> None:
    with child(environment, "dark") as process:
        wait_until(lambda: in_use(Path(environment["PI_RECORDER_SPOOL_DIR"])))
        wait_until(lambda: signals(process.pid, "SigCgt") & SIGTERM)
        lines = after_signals(process, signal.SIGTERM)
    [summary] = [line for line in lines if '"event":"summary"' in line]
    assert json.loads(summary)["failures"] == []


def test_a_stop_waits_for_no_answer(environment: dict[str, str]) -> None:
    with child(environment, "people") as process:
        until_event(process, "visit_began")  # a request was sent and gets no answer
        lines = after_signals(process, signal.SIGTERM, within_s=55)
    assert any('"event":"summary"' in line for line in lines)


@pytest.mark.exhaustive
def test_a_second_signal_ends_the_waiting(environment: dict[str, str], tmp_path: Path) -> None:
    patient = environment | {"PI_RECORDER_STOP_TIMEOUT_S": "600"}
    with child(patient, "steady") as process:
        until_event(process, "segment_recorded")
        process.send_signal(signal.SIGTERM)
        # Two of a kind that wait to be handled are one.
        wait_until(lambda: not signals(process.pid, "ShdPnd") & SIGTERM)
        lines = after_signals(process, signal.SIGTERM)
    [summary] = [line for line in lines if '"event":"summary"' in line]
    assert json.loads(summary)["segments_left"] >= 1


def test_a_third_signal_ends_a_process_that_is_stuck() -> None:
    command = [sys.executable, "-c", STUCK]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for expected in ("ready", "asked", "asked"):
            assert process.stdout.readline().strip() == expected
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=300) == 128 + signal.SIGTERM
