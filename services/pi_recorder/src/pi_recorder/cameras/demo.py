"""The demo clip as a camera."""

from __future__ import annotations

from facecore.progress import Progress, silent
from pi_recorder.cameras.demo_clip import demo_clip
from pi_recorder.cameras.file import FileCamera, Pace


def demo_camera(*, pace: Pace = Pace.OWN, progress: Progress = silent) -> FileCamera:
    """Plays the demo clip once; makes it first if need be. Raises ``ModelError``."""
    return FileCamera(demo_clip(progress), pace=pace)
