"""What was kept stays kept: across a kill, beside torn files, and against a second recorder."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import pytest

from pi_recorder.cameras.fake import FakeCamera, Show
from pi_recorder.errors import SpoolBusy
from pi_recorder.segments import SegmentWriter
from pi_recorder.spool import Spool
from services.pi_recorder.tests.conftest import NOON, keep, numbers

FILMS_FOR_EVER = """
import itertools, sys, threading
from pathlib import Path
from threading import Event
from pi_recorder.cameras.fake import FakeCamera, Show
from pi_recorder.segments import SegmentWriter
from pi_recorder.spool import Spool

with Spool(Path(sys.argv[1])) as spool:
    writer = SegmentWriter(spool, segment_s=1)
    for frame in FakeCamera(itertools.repeat(Show(1 / 5))).frames(threading.Event()):
        if done := writer.write(frame):
            print(done.segment.path.name, flush=True)
"""


def test_the_queue_is_found_again(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        later = keep(spool, b"later", NOON.replace(hour=13))
        sooner = keep(spool, b"sooner", NOON)
    with Spool(tmp_path) as again:
        assert again.queued() == [sooner, later]
        again.remove(sooner)
        assert again.queued() == [later]


def test_other_files_are_left_alone(spool: Spool, tmp_path: Path) -> None:
    (tmp_path / "spool" / "notes.mp4").write_bytes(b"mine")
    assert spool.queued() == []


def test_a_second_recorder_is_refused(spool: Spool, tmp_path: Path) -> None:
    with pytest.raises(SpoolBusy, match="PI_RECORDER_SPOOL_DIR"):
        Spool(tmp_path / "spool")


def test_a_torn_file_is_set_aside_and_never_queued(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        writer = SegmentWriter(spool, segment_s=1)
        for frame in FakeCamera([Show(0.04)] * 60).frames(Event()):
            writer.write(frame)
        whole = spool.queued()
    with Spool(tmp_path) as again:
        assert len(whole) == 2
        assert again.queued() == whole
        [torn] = again.torn
        assert torn.parent == tmp_path / "torn"
        assert torn.exists()
    with Spool(tmp_path) as once_more:
        assert not once_more.torn


@pytest.mark.parametrize("seed", range(3))
def test_a_kill_loses_nothing_finished_and_queues_nothing_torn(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    finished = film_and_kill(tmp_path, after=chance.randint(1, 30), later_s=chance.random() / 20)

    with Spool(tmp_path) as spool:
        queued = spool.queued()
        assert set(finished) <= {segment.path.name for segment in queued}
        for segment in queued:
            assert hashlib.sha256(segment.path.read_bytes()).hexdigest() == segment.sha256
            assert len(numbers(segment.path)) == 5
        assert not list(tmp_path.glob("*.part"))
        assert len(spool.torn) <= 1  # the one that was open
        assert all(path.parent.name == "torn" and path.exists() for path in spool.torn)


def film_and_kill(folder: Path, *, after: int, later_s: float) -> list[str]:
    """Kills a filming child some time after it told of so many segments; gives all it told of."""
    child = subprocess.Popen(
        [sys.executable, "-c", FILMS_FOR_EVER, folder], stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout
        told = [child.stdout.readline().strip() for _ in range(after)]
        time.sleep(later_s)  # else the kill would always meet it between two segments
        child.kill()
        # Of the last line only a part may have come through.
        rest = child.stdout.read().splitlines(keepends=True)
    return told + [line.strip() for line in rest if line.endswith("\n")]
