"""The demo clip as a camera."""

from __future__ import annotations

from facecore.progress import Progress, silent
from pi_recorder.cameras.demo_clip import demo_clip
from pi_recorder.cameras.file import FileCamera, Pace
from pi_recorder.clock import Timeline


def demo_camera(
    *,
    pace: Pace = Pace.OWN,
    loop: bool = False,
    timeline: Timeline | None = None,
    progress: Progress = silent,
) -> FileCamera:
    """Plays the demo clip; makes it first if need be. Raises ``ModelError``."""
    return FileCamera(demo_clip(progress), pace=pace, loop=loop, timeline=timeline)
