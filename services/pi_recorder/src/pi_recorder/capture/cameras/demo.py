"""The demo clip, as a file and as a camera.

It is rendered once on this machine, from public-domain pictures, into the user's cache.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from facecore import cache, samples
from facecore.cache import Progress, Step, silent
from pi_recorder.capture.cameras.demo_picture import draw_frames
from pi_recorder.capture.cameras.demo_scene import (
    FRAME_COUNT,
    FRAMES_PER_SECOND,
    HEIGHT,
    VISITS,
    WIDTH,
)
from pi_recorder.capture.cameras.file import FileCamera
from pi_recorder.clock import Timeline
from pi_recorder.settings.choices import Pace

VERSION = "1"
"""Increase it with every change of the clip."""

_FILE = "demo.mp4"
_NAME = "demo clip"


def demo_camera(
    *,
    pace: Pace = Pace.OWN,
    loop: bool = False,
    timeline: Timeline | None = None,
    progress: Progress = silent,
) -> FileCamera:
    """Return a camera that plays the demo clip, rendered first if needed. Raises ``ModelError``."""
    return FileCamera(demo_clip(progress), pace=pace, loop=loop, timeline=timeline)


def demo_clip(progress: Progress = silent) -> Path:
    """Return the clip's path; render it first if needed.

    It is H.264, 640 x 480, 15 frames a second, 25 seconds.

    Args:
        progress: called while pictures are fetched, then while frames are drawn (``building``).

    Raises:
        ModelError: a picture could not be fetched, or the cache can't be written.
    """

    def render(made: Path, _work: Path) -> None:
        write_demo_clip(made / _FILE, progress)

    folder = cache.Folder(cache.home() / "demo-clip", VERSION, (_FILE,), render)
    return cache.ensure(folder, lambda: progress(Step(_NAME, "waiting"))) / _FILE


def write_demo_clip(path: Path, progress: Progress = silent) -> None:
    """Render the clip into a new file in a few seconds. Raises ``ModelError``."""
    names = {visit.portrait.sample for visit in VISITS}
    pictures = {name: samples.path(name, progress=progress) for name in sorted(names)}
    with av.open(path, "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"preset": "veryfast", "crf": "20"}
        for number, picture in enumerate(draw_frames(pictures)):
            frame = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FRAMES_PER_SECOND)
            container.mux(stream.encode(frame))
            progress(Step(_NAME, "building", number + 1, FRAME_COUNT))
        container.mux(stream.encode())
    progress(Step(_NAME, "ready"))
