"""Fixtures of the recorder's tests: a recognizer on loopback, a spool, a filmed clip."""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

import av
import pytest

from pi_recorder.events import Event
from pi_recorder.recording.segments import SegmentWriter
from pi_recorder.spool import Segment, Spool
from pi_recorder.testing import FakeCamera, Show, numbered_picture, picture_number
from services.pi_recorder.tests.small_recognizer import Script, SmallRecognizer

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("PI_RECORDER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "user-config"))


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def server(script: Script) -> Iterator[SmallRecognizer]:
    server = SmallRecognizer(script)
    yield server
    server.close()


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    with Spool(tmp_path / "spool") as spool:
        yield spool


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """45 numbered frames at 15 a second: 3 seconds."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=15)
        stream.width, stream.height, stream.pix_fmt = 256, 64, "yuv420p"
        for number in range(45):
            picture = numbered_picture(number)
            picture.pts, picture.time_base = number, Fraction(1, 15)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


Kind = TypeVar("Kind")


class Events(list[Event]):
    """Everything that was published, in order."""

    def of(self, kind: type[Kind]) -> list[Kind]:
        return [event for event in self if isinstance(event, kind)]


def numbers(path: Path) -> list[int]:
    """The numbers of the frames in a recorded file."""
    with av.open(path) as container:
        return [picture_number(picture) for picture in container.decode(video=0)]


def keep(spool: Spool, content: bytes, started_at: datetime) -> Segment:
    """Add a finished segment with any content."""
    part = spool.part(started_at)
    part.write_bytes(content)
    return spool.keep(part, started_at, 10_000)


@pytest.fixture
def open_umask() -> Iterator[None]:
    """Set a umask of 0: a file made without its own mode is open to everybody."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    """Return the permissions of a path."""
    return stat.S_IMODE(path.stat().st_mode)


def film(folder: Path, *, frames: int, segment_s: float = 1) -> None:
    """Film at 25 frames a second and leave the last segment partial, as a kill would."""
    with Spool(folder) as spool:
        writer = SegmentWriter(spool, segment_s=segment_s)
        for frame in FakeCamera([Show(0.04)] * frames, started_at=NOON).frames(threading.Event()):
            writer.write(frame)
        [part] = folder.glob("*.part")
        content = part.read_bytes()
        del writer  # which would finish the file
        part.write_bytes(content)


@contextmanager
def running(work: Callable[[], object], stop: Callable[[], None]) -> Iterator[None]:
    """Run ``work`` on a thread, which ``stop`` must end."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop()
        thread.join(300)
        assert not thread.is_alive()


def wait_until(condition: Callable[[], object]) -> None:
    """Wait until the condition holds. The bound is generous: no test is about speed."""
    end = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)
