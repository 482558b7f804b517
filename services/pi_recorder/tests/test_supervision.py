"""Messages to the service manager, over a real socket of its protocol."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pi_recorder.events import CameraAway, CameraBack, RecognitionAway
from pi_recorder.operation.supervision import AWAY_PATIENCE_S, PATIENCE_S, Supervision
from pi_recorder.operation.systemd import ServiceManager
from pi_recorder.testing import FakeCamera, Show

CHILD = Path(__file__).with_name("child_recorder.py")


class Listener:
    """The service manager's side of the socket."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.settimeout(300)

    def receive(self) -> list[str]:
        """Return the lines of the next message."""
        return self.socket.recv(4096).decode().split("\n")

    def received(self) -> list[str]:
        """Return the lines of all messages so far."""
        lines: list[str] = []
        self.socket.setblocking(False)
        while True:
            try:
                lines += self.receive()
            except BlockingIOError:
                return lines


@pytest.fixture
def address(tmp_path: Path) -> str:
    return str(tmp_path / "notify")


@pytest.fixture
def listener(address: str) -> Iterator[Listener]:
    listener = Listener(address)
    with listener.socket:
        yield listener


class Clock:
    """A clock that a test advances."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def film(supervision: Supervision) -> None:
    """Let the camera give one frame."""
    camera = supervision.watch(FakeCamera([Show()]))
    assert len(list(camera.frames(threading.Event()))) == 1


def test_it_is_ready_with_the_first_frame_and_not_before(address: str, listener: Listener) -> None:
    supervision = Supervision(ServiceManager(address, watchdog_s=20))
    supervision.pulse()
    assert listener.received() == ["EXTEND_TIMEOUT_USEC=20000000", "STATUS=waiting for the camera"]
    film(supervision)
    supervision.pulse()
    status = "STATUS=filming; segments: 0 recorded, 0 uploaded"
    assert listener.received() == ["READY=1", "WATCHDOG=1", status]
    supervision.pulse()
    assert listener.received() == ["WATCHDOG=1"]  # nothing else has changed


def test_the_watchdog_gets_no_message_without_frames(address: str, listener: Listener) -> None:
    clock = Clock()
    supervision = Supervision(ServiceManager(address, watchdog_s=20), clock)
    film(supervision)
    clock.now += PATIENCE_S - 1
    supervision.pulse()
    assert "WATCHDOG=1" in listener.received()
    clock.now += 2
    supervision.pulse()
    assert "WATCHDOG=1" not in listener.received()
    film(supervision)
    supervision.pulse()
    assert "WATCHDOG=1" in listener.received()


def test_a_camera_that_is_away_is_waited_for_while_it_is_tried_again(
    address: str, listener: Listener
) -> None:
    clock = Clock()
    supervision = Supervision(ServiceManager(address, watchdog_s=20), clock)
    film(supervision)
    supervision.add(CameraAway("unplugged"))
    supervision.add(RecognitionAway("no route"))
    clock.now += AWAY_PATIENCE_S - 1
    supervision.pulse()
    lines = listener.received()
    assert "WATCHDOG=1" in lines
    assert lines[-1].endswith("; the camera is away; recognition is away")
    clock.now += 2
    supervision.pulse()
    assert not listener.received()
    assert not list(supervision.watch(FakeCamera([])).frames(threading.Event()))  # tried
    supervision.pulse()
    assert listener.received() == ["WATCHDOG=1"]
    supervision.add(CameraBack(3.0))
    supervision.pulse()
    assert listener.received()[-1].endswith("0 uploaded; recognition is away")


def test_without_a_watchdog_no_message_is_sent(address: str, listener: Listener) -> None:
    supervision = Supervision(ServiceManager.of({"NOTIFY_SOCKET": address}))
    film(supervision)
    supervision.pulse()
    assert not [line for line in listener.received() if "WATCHDOG" in line or "EXTEND" in line]


def test_an_abstract_socket_works() -> None:
    name = f"pi-recorder-test-{os.getpid()}"
    listener = Listener(f"\0{name}")
    with listener.socket:
        ServiceManager(f"@{name}").notify("READY=1", "STATUS=ö")
        assert listener.receive() == ["READY=1", "STATUS=ö"]


def test_a_missing_service_manager_is_no_failure(tmp_path: Path) -> None:
    ServiceManager(None).notify("READY=1")
    ServiceManager(str(tmp_path / "gone")).notify("READY=1")


@pytest.mark.parametrize(
    ("environment", "watchdog_s"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "3000000"}, 3.0),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": str(os.getpid())}, 3.0),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
    ],
)
def test_a_watchdog_of_another_process_is_ignored(
    environment: dict[str, str], watchdog_s: float | None
) -> None:
    assert ServiceManager.of(environment).watchdog_s == watchdog_s


def test_a_whole_recorder_reports_from_ready_to_stopping(
    address: str, listener: Listener, tmp_path: Path
) -> None:
    environment = {
        **os.environ,
        "NOTIFY_SOCKET": address,
        "WATCHDOG_USEC": "60000000",
        "PI_RECORDER_URL": "http://127.0.0.1:9",
        "PI_RECORDER_TOKEN": "t",
        "PI_RECORDER_SPOOL_DIR": str(tmp_path / "spool"),
        "PI_RECORDER_UPLOAD_DRAIN_S": "0",
    }
    command = [sys.executable, str(CHILD), "steady"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            lines: list[str] = []
            while lines.count("WATCHDOG=1") < 2:
                lines += listener.receive()
            assert "READY=1" in lines
            process.send_signal(signal.SIGTERM)
            while "STOPPING=1" not in lines:
                lines += listener.receive()
            assert process.wait(timeout=300) == 0
        finally:
            process.kill()
