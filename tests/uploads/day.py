"""A recorder that films a day as fast as it can, and reports its state at each sample.

It films on when it reads a line from standard input; at ``AWAY`` and ``BACK`` it first waits until
the uploads are so.

A process of its own, so that nothing but the recorder is measured.
"""

from __future__ import annotations

import json
import resource
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pi_recorder.bootstrap import open_spool, recorder_for
from pi_recorder.events import Event, UploadsAway, UploadsBack
from pi_recorder.settings.loading import load_settings
from pi_recorder.testing import FakeCamera, Show

DAY_S = 24 * 3600
FRAME_S = 4.0
SAMPLE_EVERY = 100
"""Frames."""
GO, AWAY, BACK = "go", "away", "back"
PATIENCE_S = 300.0


def main() -> None:
    """Print JSON lines with bytes of memory and open files, and a summary at the end."""
    settings = load_settings()
    states = {AWAY: threading.Event(), BACK: threading.Event()}

    def publish(event: Event) -> None:
        if isinstance(event, UploadsAway):
            states[BACK].clear()
            states[AWAY].set()
        elif isinstance(event, UploadsBack):
            states[AWAY].clear()
            states[BACK].set()

    def script() -> Iterator[Show]:
        for number in range(int(DAY_S / FRAME_S)):
            if number % SAMPLE_EVERY == 0:
                report({"memory": memory(), "files": files()})
                wanted = sys.stdin.readline().strip()
                if wanted != GO and not states[wanted].wait(PATIENCE_S):
                    raise TimeoutError(f"the uploads are not {wanted}")
            yield Show(FRAME_S)

    yesterday = datetime.now(UTC) - timedelta(days=1)
    camera = FakeCamera(script(), started_at=yesterday)
    with (
        open_spool(settings, publish) as spool,
        recorder_for(settings, camera, spool, publish) as recorder,
    ):
        failures = recorder.run()
        left = len(spool.queued())
    report({"failures": failures, "left": left})


def report(facts: dict[str, object]) -> None:
    """Print the facts as a line of JSON."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def memory() -> int:
    """Return the resident memory in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def files() -> int:
    """Return the number of open descriptors."""
    return len(list(Path("/proc/self/fd").iterdir()))


if __name__ == "__main__":
    main()
