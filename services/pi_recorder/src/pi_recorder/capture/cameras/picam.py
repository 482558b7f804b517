"""A Raspberry Pi's own camera, through picamera2; nothing else imports that.

The camera gives every picture twice. The large one goes to picamera2's H.264 encoder, which is
hardware up to a Pi 4 and software on a Pi 5, and is recorded as it comes out. The small one, in
plain pixels, is for recognition. Both carry the sensor's own time, on ``CLOCK_BOOTTIME``.
"""

from __future__ import annotations

import importlib
import queue
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Event
from typing import Any

import av

from pi_recorder.capture.cameras.base import Frame
from pi_recorder.capture.cameras.h264 import Units
from pi_recorder.clock import SystemClock, Timeline
from pi_recorder.errors import CameraError
from pi_recorder.settings.choices import CameraFormat

_SIZE, _FPS = (1280, 720), 30
_WIDEST_FOR_RECOGNITION = 1280
_KEY_FRAME_EVERY_S = 2
_LOOKS_EVERY_S = 0.1
_INSTALL = (
    "picamera2 is not installed; on Raspberry Pi OS: sudo apt install python3-picamera2, and make "
    "the recorder's environment with --system-site-packages"
)


class PiCamera:
    """The camera on the ribbon cable.

    Args:
        number: which one, if there are several; as `rpicam-hello --list-cameras` counts.
    """

    can_wait = False

    def __init__(
        self, form: CameraFormat | None = None, *, number: int = 0, timeline: Timeline | None = None
    ) -> None:
        form = form or CameraFormat()
        self._size = form.size or _SIZE
        self._fps = form.fps or _FPS
        self._kbps = form.kbps
        self._number = number
        self._timeline = timeline or Timeline(SystemClock())

    def frames(self, stop: Event) -> Generator[Frame]:
        """The camera's frames; see ``Camera.frames``. Raises ``CameraError``."""
        picamera2, encoders, outputs = _modules()
        try:
            with picamera2.Picamera2(self._number) as camera:
                shots = _Shots(self._timeline)
                encoder = encoders.H264Encoder(
                    bitrate=self._kbps and self._kbps * 1000,
                    repeat=True,
                    iperiod=_KEY_FRAME_EVERY_S * self._fps,
                    framerate=self._fps,
                )
                self._configure(camera)
                camera.pre_callback = shots.look
                with _running(camera, encoder, _output(outputs, encoder, shots.put)):
                    while not stop.is_set():
                        yield from shots.waiting()
        except (RuntimeError, OSError, IndexError) as error:  # what picamera2 and libcamera raise
            raise CameraError(
                f"the Pi's camera {self._number} can't be used ({error}); check its cable, and "
                "that `rpicam-hello --list-cameras` shows it while nothing else uses it"
            ) from error

    def _configure(self, camera: Any) -> None:
        width, height = self._size
        small = min(width, _WIDEST_FOR_RECOGNITION)
        frame_us = round(1_000_000 / self._fps)
        configuration = camera.create_video_configuration(
            main={"size": self._size, "format": "YUV420"},
            lores={"size": (small, height * small // width // 2 * 2), "format": "YUV420"},
            controls={"FrameDurationLimits": (frame_us, frame_us)},
        )
        camera.configure(configuration)


class _Shots:
    """Joins what was encoded with the newest picture, for encoding holds a picture up."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._units = Units()
        self._newest: Frame | None = None
        self._frames: queue.SimpleQueue[Frame] = queue.SimpleQueue()

    def look(self, request: Any) -> None:
        """Takes the small picture of a request; called by picamera2 for each."""
        width, _ = request.config["lores"]["size"]
        pixels = request.make_array("lores")  # a copy; its rows may be longer than the picture
        picture = av.VideoFrame.from_numpy_buffer(pixels, format="yuv420p", width=width)
        taken_at = request.get_metadata()["SensorTimestamp"] / 1e9
        self._newest = Frame(picture, self._timeline.at(taken_at))

    def put(self, data: bytes, taken_at: float, *, is_key: bool) -> None:
        """Takes what was encoded of a moment on the sensor's clock, in seconds."""
        unit = self._units.unit(data, self._timeline.at(taken_at), is_key=is_key)
        if newest := self._newest:
            self._frames.put(Frame(newest.picture, newest.captured_at, unit))

    def waiting(self) -> Generator[Frame]:
        """The next frame, if one comes soon."""
        try:
            yield self._frames.get(timeout=_LOOKS_EVERY_S)
        except queue.Empty:
            return


def _modules() -> tuple[Any, Any, Any]:
    names = "picamera2", "picamera2.encoders", "picamera2.outputs"
    try:
        picamera2, encoders, outputs = (importlib.import_module(name) for name in names)
    except ImportError as error:
        raise CameraError(_INSTALL) from error
    return picamera2, encoders, outputs


def _output(outputs: Any, encoder: Any, put: Callable[..., None]) -> Any:
    class Units(outputs.Output):  # type: ignore[misc]  # known only where picamera2 is
        """Hands on what the encoder gives."""

        def outputframe(
            self,
            frame: bytes,
            keyframe: bool = True,
            timestamp: int | None = None,
            packet: object = None,  # noqa: ARG002 - as picamera2 calls it
            audio: bool = False,
        ) -> None:
            if timestamp is not None and not audio:
                # Microseconds since the encoder's first frame.
                put(bytes(frame), (encoder.firsttimestamp + timestamp) / 1e6, is_key=keyframe)

    return Units()


@contextmanager
def _running(camera: Any, encoder: Any, output: Any) -> Generator[None]:
    camera.start_recording(encoder, output)
    try:
        yield
    finally:
        camera.stop_recording()
