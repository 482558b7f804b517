"""Open the camera that the settings name."""

from __future__ import annotations

import re
from pathlib import Path

from facecore.cache import Progress, silent
from pi_recorder.capture.cameras.base import Camera
from pi_recorder.capture.cameras.demo import demo_camera
from pi_recorder.capture.cameras.file import FileCamera
from pi_recorder.capture.cameras.picam import PiCamera
from pi_recorder.capture.cameras.rtsp import RtspCamera, without_secrets
from pi_recorder.capture.cameras.webcam import Webcam
from pi_recorder.clock import Timeline
from pi_recorder.errors import CameraError
from pi_recorder.settings.values import CameraFormat, Pace

_PICAMERA = re.compile(r"picamera(?::(\d))?")


def open_camera(
    source: str,
    *,
    pace: Pace = Pace.OWN,
    loop: bool = False,
    form: CameraFormat | None = None,
    timeline: Timeline | None = None,
    progress: Progress = silent,
) -> Camera:
    """Return the camera that ``source`` names.

    ``demo``; ``picamera``, or ``picamera:1`` for a second one; a device below ``/dev/``; an address
    that begins with ``rtsp://`` or ``rtsps://``; or a file's path.

    Args:
        source: the camera's name.
        pace: pace of a file or the demo.
        loop: whether a file or the demo starts again at its end.
        form: the format requested of a live camera.
        timeline: the timeline of its frames.
        progress: called while the demo is rendered.

    Raises:
        CameraError: there is no such camera.
        ModelError: the demo's pictures could not be fetched.
    """
    if source == "demo":
        return demo_camera(pace=pace, loop=loop, timeline=timeline, progress=progress)
    if found := _PICAMERA.fullmatch(source):
        return PiCamera(form, number=int(found[1] or 0), timeline=timeline)
    if source.startswith(("rtsp://", "rtsps://")):
        return RtspCamera(source, timeline=timeline)
    if source.startswith("/dev/"):
        return Webcam(source, form, timeline=timeline)
    path = Path(source).expanduser()
    if path.is_file():
        return FileCamera(path, pace=pace, loop=loop, timeline=timeline)
    raise CameraError(
        f"there is no camera {shown_name(source)!r}; use `demo`, `picamera`, the path of a video "
        "file, a device such as /dev/video0, or an address such as rtsp://192.168.1.9/stream"
    )


def kind_of(source: str) -> str:
    """Return the kind of a camera by its name, in one word."""
    if source == "demo":
        return "demo"
    if _PICAMERA.fullmatch(source):
        return "picamera"
    if source.startswith(("rtsp://", "rtsps://")):
        return "rtsp"
    return "webcam" if source.startswith("/dev/") else "file"


def shown_name(source: str) -> str:
    """Return the camera's name without the secrets that an address can hold."""
    return without_secrets(source) if "://" in source else source
