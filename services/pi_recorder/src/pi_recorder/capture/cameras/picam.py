"""A Raspberry Pi's own camera, through picamera2; only this module imports picamera2.

The camera gives every picture in two sizes. The large one goes to picamera2's H.264 encoder, in
hardware up to a Pi 4 and in software on a Pi 5, and its output is recorded unchanged. The small
one, unencoded, is for recognition. Both have the sensor's timestamp, on ``CLOCK_BOOTTIME``.
"""

from __future__ import annotations

import importlib
import queue
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Event
from typing import Any

import av

from pi_recorder.capture.cameras.base import Frame, Units
from pi_recorder.clock import SystemClock, Timeline
from pi_recorder.errors import CameraError
from pi_recorder.settings.values import CameraFormat

_SIZE, _FPS = (1280, 720), 30
_WIDEST_FOR_RECOGNITION = 1280
_KEY_FRAME_EVERY_S = 2
_POLL_INTERVAL_S = 0.1
_INSTALL = (
    "picamera2 is not installed; on Raspberry Pi OS: sudo apt install python3-picamera2, and make "
    "the recorder's environment with --system-site-packages"
)


class PiCamera:
    """The camera on the ribbon cable.

    Args:
        number: the camera's number in `rpicam-hello --list-cameras`.
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
        """Yield the camera's frames; see ``Camera.frames``. Raises ``CameraError``."""
        picamera2, encoders, outputs = _modules()
        try:
            with picamera2.Picamera2(self._number) as camera:
                joiner = _FrameJoiner(self._timeline)
                encoder = encoders.H264Encoder(
                    bitrate=self._kbps and self._kbps * 1000,
                    repeat=True,
                    iperiod=_KEY_FRAME_EVERY_S * self._fps,
                    framerate=self._fps,
                )
                self._configure(camera)
                camera.pre_callback = joiner.look
                with _running(camera, encoder, _output(outputs, encoder, joiner.put)):
                    while not stop.is_set():
                        yield from joiner.waiting()
        except (RuntimeError, OSError, IndexError) as error:  # picamera2 and libcamera raise these
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


class _FrameJoiner:
    """Joins each encoded unit with the latest picture, because encoding takes time."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._units = Units()
        self._latest: Frame | None = None
        self._frames: queue.SimpleQueue[Frame] = queue.SimpleQueue()

    def look(self, request: Any) -> None:
        """Take the small picture of a request; picamera2 calls it for each one."""
        width, _ = request.config["lores"]["size"]
        pixels = request.make_array("lores")  # a copy; its rows may be longer than the picture
        picture = av.VideoFrame.from_numpy_buffer(pixels, format="yuv420p", width=width)
        taken_at = request.get_metadata()["SensorTimestamp"] / 1e9
        self._latest = Frame(picture, self._timeline.at(taken_at))

    def put(self, data: bytes, taken_at: float, *, is_key: bool) -> None:
        """Take an encoded unit and its time on the sensor's clock, in seconds."""
        unit = self._units.unit(data, self._timeline.at(taken_at), is_key=is_key)
        if latest := self._latest:
            self._frames.put(Frame(latest.picture, latest.captured_at, unit))

    def waiting(self) -> Generator[Frame]:
        """Yield the next frame, if one comes soon."""
        try:
            yield self._frames.get(timeout=_POLL_INTERVAL_S)
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
        """Passes the encoder's units to ``put``."""

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
