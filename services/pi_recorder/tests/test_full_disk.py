"""A full disk in the middle of a segment: nothing finished is lost, every loss is counted.

On a file system of half a megabyte where one can be mounted, and always with a limit on the size
of a file, which the system enforces in the same way.
"""

from __future__ import annotations

import itertools
import resource
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from pi_recorder.errors import SpoolFull
from pi_recorder.events import RecordingPaused, RecordingResumed, SegmentRecorded
from pi_recorder.recording.segment_allocation import SegmentAllocator
from pi_recorder.recording.segments import SegmentWriter
from pi_recorder.spool import QuotaPolicy, Spool
from pi_recorder.testing import FakeCamera, Show
from services.pi_recorder.tests.conftest import NOON, Events, numbers
from tests.support.small_disk import NoSmallDisk, small_disk

FRAMES = 1500
FRAGMENT = 25 + 2
"""Frames of a fragment at 25 a second, and what waits for its length."""


@dataclass(frozen=True, slots=True)
class Filmed:
    """Numbers of the frames that were found, and how many seconds were counted as lost."""

    found: list[int]
    lost_s: float
    paused: int


def film(folder: Path, limits: QuotaPolicy, make_room: Callable[[], object]) -> Filmed:
    """A minute at 25 frames a second; room is made as soon as recording has paused for a while."""
    events = Events()
    with Spool(folder, limits) as spool:
        allocator = SegmentAllocator(spool, events.append)
        writer = SegmentWriter(allocator, segment_s=10)
        frames = FakeCamera(itertools.repeat(Show(0.04)), started_at=NOON).frames(Event())
        recorded: list[SegmentRecorded | None] = []
        paused_for = 0
        for frame in itertools.islice(frames, FRAMES):
            recorded.append(writer.write(frame))
            paused_for += spool.state().paused
            if paused_for >= 200:
                make_room()
        recorded.append(writer.finish())
        allocator.close()
        make_room()
        while spool.recover():
            pass
        found = [number for segment in spool.queued() for number in numbers(segment.path)]
        assert not list(folder.glob("*.part"))
        paused = len(events.of(RecordingPaused))
        assert paused == len(events.of(RecordingResumed)) >= 1
        return Filmed(found, spool.state().lost_s, paused)


def check(filmed: Filmed) -> None:
    assert filmed.found == sorted(set(filmed.found)), "a frame is there twice"
    missing = FRAMES - len(filmed.found)
    counted = filmed.lost_s * 25
    # Each segment that the full disk cut off also lost the fragment that was being written.
    assert counted - 1 <= missing <= counted + FRAGMENT * filmed.paused
    assert filmed.found[-1] == FRAMES - 1, "it went on by itself"


def test_a_small_file_system(tmp_path: Path) -> None:
    try:
        with small_disk(tmp_path / "disk", 512 * 1024) as folder:
            ballast = folder / "ballast"
            ballast.write_bytes(bytes(460 * 1024))
            check(film(folder / "spool", QuotaPolicy(), partial(ballast.unlink, missing_ok=True)))
    except NoSmallDisk as reason:
        pytest.skip(f"{reason}; test_a_limit_on_files shows the same by a limit")


def test_with_reserved_space_no_segment_is_cut(tmp_path: Path) -> None:
    try:
        with small_disk(tmp_path / "disk", 512 * 1024) as folder:
            ballast = folder / "ballast"
            ballast.write_bytes(bytes(360 * 1024))
            limits = QuotaPolicy(min_free_bytes=100 * 1024)
            filmed = film(folder / "spool", limits, partial(ballast.unlink, missing_ok=True))
            check(filmed)
            assert FRAMES - len(filmed.found) == pytest.approx(filmed.lost_s * 25, abs=1)
    except NoSmallDisk as reason:
        pytest.skip(f"{reason}; test_room.py shows the same by the spool's own bound")


def test_a_limit_on_files(tmp_path: Path) -> None:
    """RLIMIT_FSIZE ends a write as a full disk does (EFBIG instead of ENOSPC)."""
    with files_no_larger_than(10 * 1024) as lift:
        check(film(tmp_path, QuotaPolicy(), lift))


def test_without_anybody_to_pause_it_is_a_clear_error(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool, files_no_larger_than(10 * 1024):
        writer = SegmentWriter(spool, segment_s=60)
        frames = FakeCamera(itertools.repeat(Show(0.04)), started_at=NOON).frames(Event())
        with pytest.raises(SpoolFull, match="the disk is full"):
            deque(map(writer.write, frames))


@contextmanager
def files_no_larger_than(size: int) -> Iterator[Callable[[], None]]:
    """Limit the size of files, and return a function that lifts the limit."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    lift = partial(resource.setrlimit, resource.RLIMIT_FSIZE, before)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield lift
    finally:
        lift()
