"""The spool keeps its segments: after a kill, beside partial files, against a second recorder."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pi_recorder.errors import SpoolBusy
from pi_recorder.spool import Spool
from services.pi_recorder.tests.conftest import NOON, film, keep, numbers
from tests.support.unmeasured import UNMEASURED

FILMS_FOR_EVER = """
import itertools, sys, threading
from pathlib import Path
from threading import Event
from pi_recorder.testing import FakeCamera, Show
from pi_recorder.recording.segments import SegmentWriter
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
        again.confirm(sooner)
        assert again.queued() == [later]


def test_other_files_are_left_alone(spool: Spool, tmp_path: Path) -> None:
    (tmp_path / "spool" / "notes.mp4").write_bytes(b"mine")
    assert spool.queued() == []


def test_a_second_recorder_is_refused(spool: Spool, tmp_path: Path) -> None:
    with pytest.raises(SpoolBusy, match="PI_RECORDER_SPOOL_DIR"):
        Spool(tmp_path / "spool")


def test_a_partial_file_is_recovered_up_to_its_last_whole_frame(tmp_path: Path) -> None:
    film(tmp_path, frames=130, segment_s=3)
    with Spool(tmp_path) as again:
        [whole] = again.queued()
        recovered = again.recover()
        assert recovered
        assert recovered.segment
        assert again.queued() == [whole, recovered.segment]
        found = numbers(recovered.segment.path)
        assert found == list(range(75, 75 + len(found)))
        assert len(found) >= 25
        assert recovered.segment.duration_ms == 40 * len(found)
        assert again.recover() is None
        assert not list(tmp_path.glob("*.part"))
        assert not (tmp_path / "partial").exists()


def test_a_start_renames_the_folder_of_files_that_were_set_aside(tmp_path: Path) -> None:
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "20260102T110000.000000Z.part").write_bytes(b"")
    with Spool(tmp_path):
        assert [path.name for path in (tmp_path / "partial").iterdir()] == [
            "20260102T110000.000000Z.part"
        ]
        assert not (tmp_path / "torn").exists()


def test_a_file_cut_anywhere_becomes_a_shorter_segment_or_is_set_aside(tmp_path: Path) -> None:
    film(tmp_path / "spool", frames=120, segment_s=60)
    [part] = (tmp_path / "spool").glob("*.part")
    content, saved = part.read_bytes(), set()
    for cut in {0, 1, 7, 8, 500, *range(900, len(content), 131), len(content)}:
        folder = tmp_path / f"{cut}"
        folder.mkdir()
        (folder / part.name).write_bytes(content[:cut])
        with Spool(folder) as spool:
            recovered = spool.recover()
            assert recovered
            segments = spool.queued()
        found = [number for segment in segments for number in numbers(segment.path)]
        assert found == list(range(len(found)))
        assert bool(recovered.set_aside) == (not found)
        assert sum(segment.duration_ms for segment in segments) == 40 * len(found)
        saved.add(len(found))
    assert len(saved) >= 20, "each picture more is saved"
    assert 0 in saved


def test_of_a_file_with_a_zeroed_end_nothing_damaged_is_queued(tmp_path: Path) -> None:
    """Some file systems leave this after a power cut: the length is right, the bytes are zero."""
    film(tmp_path, frames=120, segment_s=60)
    [part] = tmp_path.glob("*.part")
    content = part.read_bytes()
    for kept in range(1200, len(content), 400):
        part.write_bytes(content[:kept] + bytes(len(content) - kept))
        with Spool(tmp_path) as spool:
            recovered = spool.recover()
            assert recovered
            if recovered.segment:
                found = numbers(recovered.segment.path)
                assert found == list(range(len(found)))
                assert recovered.segment.duration_ms == 40 * len(found)
                recovered.segment.path.unlink()


def test_recovery_after_a_kill_makes_the_same_segment_again(tmp_path: Path) -> None:
    film(tmp_path, frames=60, segment_s=60)
    [part] = tmp_path.glob("*.part")
    content = part.read_bytes()
    with Spool(tmp_path) as spool:
        first = spool.recover()
    part.write_bytes(content)  # as if the kill had come before it was deleted
    (tmp_path / "20260102T120000.000000Z.recovering").write_bytes(b"half")
    with Spool(tmp_path) as spool:
        assert spool.recover() == first
        assert first
        assert spool.queued() == [first.segment]
    assert not list(tmp_path.glob("*.recovering"))


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.exhaustive) for seed in (1, 2))]
)
def test_a_kill_loses_nothing_finished_and_queues_nothing_partial(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    finished = film_and_kill(tmp_path, after=chance.randint(1, 30), later_s=chance.random() / 20)

    with Spool(tmp_path) as spool:
        queued = spool.queued()
        assert set(finished) <= {segment.path.name for segment in queued}
        for segment in queued:
            assert hashlib.sha256(segment.path.read_bytes()).hexdigest() == segment.sha256
            assert len(numbers(segment.path)) == 5
        while recovered := spool.recover():
            assert recovered.segment is None or recovered.segment.duration_ms <= 1000
        assert not list(tmp_path.glob("*.part"))


def film_and_kill(folder: Path, *, after: int, later_s: float) -> list[str]:
    """Kill a filming child after it has reported so many segments; return all reported."""
    child = subprocess.Popen(
        [sys.executable, "-c", FILMS_FOR_EVER, folder],
        env=os.environ | UNMEASURED,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        assert child.stdout
        reported = [child.stdout.readline().strip() for _ in range(after)]
        time.sleep(later_s)  # otherwise the kill would always come between two segments
        child.kill()
        # The last line may be incomplete.
        rest = child.stdout.read().splitlines(keepends=True)
    return reported + [line.strip() for line in rest if line.endswith("\n")]
