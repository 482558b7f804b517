"""From the camera to the spool, for hours: memory and open files do not grow.

A child films as fast as it can, so that an hour passes in seconds; segments leave the spool as if
they were uploaded. It stops at several points to report its memory and open files.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FILMS = """
import gc, os, resource, sys, threading, time
from pathlib import Path
from pi_recorder.testing import FakeCamera, Fault, Show
from pi_recorder.capture.cameras.watched import WatchedCamera
from pi_recorder.capture.frame_loop import Capture
from pi_recorder.clock import SystemClock
from pi_recorder.events import SegmentRecorded
from pi_recorder.capture.latest_frame import LatestFrame
from pi_recorder.recording.writer import Recording
from pi_recorder.recording.segments import SegmentWriter
from pi_recorder.spool import Spool

folder, key_every, live = Path(sys.argv[1]), int(sys.argv[2]) or None, bool(int(sys.argv[3]))

def held():
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() >> 10, len(os.listdir("/proc/self/fd"))

def script():
    for _ in range(60):
        for _ in range(120):
            while recording.full:  # so that the camera is never far ahead
                time.sleep(0.0005)
            yield Show(0.5)
        if live:
            yield Fault("unplugged")

with Spool(folder) as spool:
    count = 0
    def publish(event):
        global count
        if isinstance(event, SegmentRecorded):
            spool.confirm(event.segment)
            count += 1
            if count % 30 == 0:
                print(*held(), threading.active_count(), flush=True)
    recording = Recording(SegmentWriter(spool, segment_s=10), publish, waiting_bytes=20_000)
    writing = threading.Thread(target=recording.run)
    writing.start()
    camera = FakeCamera(script(), can_wait=not live, key_every=key_every)
    watched = WatchedCamera(camera, stall_s=60, give_up_s=60, first_pause_s=0.001)
    Capture(watched, LatestFrame(), recording, publish, SystemClock()).run(threading.Event())
    writing.join()
"""


@pytest.mark.exhaustive
@pytest.mark.parametrize(("key_every", "live"), [(0, 0), (4, 0), (4, 1)])
def test_an_hour_leaves_nothing_behind(tmp_path: Path, key_every: int, live: int) -> None:
    command = [sys.executable, "-c", FILMS, str(tmp_path), str(key_every), str(live)]
    # One malloc arena a thread would hide a leak behind memory kept for ended threads.
    env = {**os.environ, "MALLOC_ARENA_MAX": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
    seen = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    assert len(seen) >= 10
    half = len(seen) // 2
    # A camera that is opened again leaves its last encoder to the garbage collector, for a while.
    most = (32_768 if live else 4096), 2, 2
    for name, least, values in zip(
        ("KiB", "files", "threads"), most, zip(*seen, strict=True), strict=True
    ):
        grown = max(values[half:]) - max(values[:half])
        assert grown <= least, f"{name} held, one after the other: {values}"
