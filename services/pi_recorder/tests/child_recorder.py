"""A whole recorder in its own process, with a camera that a test chooses by name.

usage: python child_recorder.py steady | hanging | flood | dark | people
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable, Generator
from threading import Event

from pi_recorder.capture.cameras.base import Camera, Frame
from pi_recorder.capture.cameras.demo import demo_camera
from pi_recorder.cli.display import JsonLines
from pi_recorder.cli.main import record
from pi_recorder.settings.loading import load_settings
from pi_recorder.testing import FakeCamera, Show


class HangingCamera:
    """Gives some frames, then hangs in its driver and ignores a stop."""

    can_wait = False

    def __init__(self, frames: int) -> None:
        self._frames = frames

    def frames(self, stop: Event) -> Generator[Frame]:
        shows = itertools.repeat(Show(0.02), self._frames)
        yield from FakeCamera(shows, on_time=True).frames(stop)
        while True:
            time.sleep(3600)


CAMERAS: dict[str, Callable[[], Camera]] = {
    "steady": lambda: FakeCamera(itertools.repeat(Show(0.02)), on_time=True, can_wait=False),
    "hanging": lambda: HangingCamera(80),
    # Far more than any machine encodes: the queue of frames is full at every moment.
    "flood": lambda: FakeCamera(
        itertools.repeat(Show(0.005, 1920, 1088)), on_time=True, can_wait=False
    ),
    "dark": lambda: HangingCamera(0),
    "people": lambda: demo_camera(loop=True),
}

if __name__ == "__main__":
    failures = record(load_settings(), CAMERAS[sys.argv[1]](), JsonLines(sys.stdout))
    sys.stdout.writelines(f"{failure}\n" for failure in failures)
