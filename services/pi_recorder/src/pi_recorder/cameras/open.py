"""From the camera's name in the settings to the camera."""

from __future__ import annotations

from pathlib import Path

from facecore.progress import Progress, silent
from pi_recorder.cameras.base import Camera
from pi_recorder.cameras.demo import demo_camera
from pi_recorder.cameras.file import FileCamera, Pace
from pi_recorder.cameras.webcam import Webcam
from pi_recorder.errors import CameraError


def open_camera(source: str, *, pace: Pace = Pace.OWN, progress: Progress = silent) -> Camera:
    """The camera that ``source`` names: ``demo``, a device below ``/dev/``, or a file's path.

    Raises:
        CameraError: there is no such camera.
        ModelError: the demo's pictures could not be fetched.
    """
    if source == "demo":
        return demo_camera(pace=pace, progress=progress)
    if source.startswith("/dev/"):
        return Webcam(source)
    path = Path(source).expanduser()
    if path.is_file():
        return FileCamera(path, pace=pace)
    raise CameraError(
        f"there is no camera {source!r}; give `demo`, the path of a video file, or a device such "
        "as /dev/video0"
    )
