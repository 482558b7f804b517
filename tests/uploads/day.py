"""A recorder that films a day as fast as it can, and tells its memory and its open files.

A process of its own, so that nothing but the recorder is measured.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pi_recorder.bootstrap import open_spool, recorder_for
from pi_recorder.events import Event, UploadsAway
from pi_recorder.settings.loading import load_settings
from pi_recorder.testing import FakeCamera, Show

DAY_S = 24 * 3600
FRAME_S = 4.0
SAMPLE_EVERY = 100
"""Frames."""


def main() -> None:
    """Prints a JSON object a line: bytes of memory and open files; at the end, what was done."""
    settings = load_settings()
    outages = 0

    def publish(event: Event) -> None:
        nonlocal outages
        outages += isinstance(event, UploadsAway)

    def script() -> Iterator[Show]:
        for number in range(int(DAY_S / FRAME_S)):
            if number % SAMPLE_EVERY == 0:
                tell({"memory": memory(), "files": files()})
            yield Show(FRAME_S)

    yesterday = datetime.now(UTC) - timedelta(days=1)
    camera = FakeCamera(script(), started_at=yesterday)
    with (
        open_spool(settings, publish) as spool,
        recorder_for(settings, camera, spool, publish) as recorder,
    ):
        failures = recorder.run()
        left = len(spool.queued())
    tell({"failures": failures, "outages": outages, "left": left})


def tell(facts: dict[str, object]) -> None:
    """A line."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def memory() -> int:
    """Bytes that are resident."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def files() -> int:
    """Descriptors that are open."""
    return len(list(Path("/proc/self/fd").iterdir()))


if __name__ == "__main__":
    main()
