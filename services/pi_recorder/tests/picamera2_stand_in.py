"""A stand-in for the part of picamera2 that the recorder uses, with its names and signatures.

`test_picamera2_api.py` compares every name here with the real package's source. It encodes real
H.264, and draws numbered pictures.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pi_recorder.testing import FakeEncoder, numbered_picture

PADDING = 64


class Machine:
    """The camera that the stand-in finds, as a test scripts it.

    Attributes:
        cameras: how many there are.
        frames: how many pictures come before it stalls.
        opened, closed: how often.
    """

    cameras = 1
    frames = 10_000
    opened = closed = 0
    last_configuration: dict[str, Any]
    last_encoder: H264Encoder


class Output:
    def __init__(self, pts: object = None) -> None:
        self.recording = False

    def start(self) -> None:
        self.recording = True

    def stop(self) -> None:
        self.recording = False

    def outputframe(
        self,
        frame: bytes,
        keyframe: bool = True,
        timestamp: int | None = None,
        packet: object = None,
        audio: bool = False,
    ) -> None:
        """For the output that is made of it."""


class H264Encoder:
    def __init__(
        self,
        bitrate: int | None = None,
        repeat: bool = True,
        iperiod: int | None = None,
        framerate: float | None = None,
    ) -> None:
        self.bitrate = bitrate
        self.repeat = repeat
        self.iperiod = iperiod
        self.framerate = framerate
        self.firsttimestamp: int | None = None
        self.output: Output

    def encode(self, stream: str, request: CompletedRequest) -> None:
        sensor_us = request.get_metadata()["SensorTimestamp"] // 1000
        if self.firsttimestamp is None:
            self.firsttimestamp = sensor_us
            self._encoder = FakeEncoder(self.iperiod or 30)
        unit = self._encoder.unit(request._drawn, datetime.now(UTC))
        self.output.outputframe(unit.data, unit.is_key, sensor_us - self.firsttimestamp)


class CompletedRequest:
    def __init__(self, number: int, config: dict[str, Any]) -> None:
        self.config = config
        self._drawn = numbered_picture(number, *config["main"]["size"])
        self._sensor_ns = time.clock_gettime_ns(time.CLOCK_BOOTTIME)

    def make_array(self, name: str) -> NDArray[np.uint8]:
        """Return YUV420 with padded rows, as the real one does."""
        width, height = self.config[name]["size"]
        small = self._drawn.reformat(width=width, height=height, format="yuv420p")
        y, u, v = (
            np.frombuffer(bytes(plane), np.uint8).reshape(plane.height, plane.line_size)[
                :, : plane.width
            ]
            for plane in small.planes
        )
        stride = width + PADDING
        array = np.zeros((height * 3 // 2, stride), np.uint8)
        array[:height, :width] = y
        chroma = array[height:].reshape(-1, stride // 2)
        chroma[: height // 2, : width // 2] = u
        chroma[height // 2 :, : width // 2] = v
        return array

    def get_metadata(self) -> dict[str, Any]:
        return {"SensorTimestamp": self._sensor_ns}


class Picamera2:
    def __init__(self, camera_num: int = 0) -> None:
        if camera_num >= Machine.cameras:
            raise RuntimeError(f"No camera number {camera_num} found")
        Machine.opened += 1
        self.pre_callback: Callable[[CompletedRequest], None] | None = None
        self._stop = threading.Event()

    def __enter__(self) -> Picamera2:
        return self

    def __exit__(self, exc_type: object, exc_val: object, exc_traceback: object) -> None:
        self.close()

    def close(self) -> None:
        Machine.closed += 1

    def create_video_configuration(
        self,
        main: dict[str, Any],
        lores: dict[str, Any] | None = None,
        controls: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        return {"main": main, "lores": lores, "controls": controls}

    def configure(self, camera_config: dict[str, Any]) -> None:
        Machine.last_configuration = self._config = camera_config

    def start_recording(self, encoder: H264Encoder, output: Output) -> None:
        Machine.last_encoder = encoder
        encoder.output = output
        output.start()
        self._thread = threading.Thread(target=self._film, args=(encoder,), daemon=True)
        self._thread.start()

    def stop_recording(self) -> None:
        self._stop.set()
        self._thread.join()

    def _film(self, encoder: H264Encoder) -> None:
        for number in range(Machine.frames):
            if self._stop.wait(0.002):
                return
            request = CompletedRequest(number, self._config)
            if self.pre_callback:
                self.pre_callback(request)
            encoder.encode("main", request)


def install(patch: pytest.MonkeyPatch) -> type[Machine]:
    """Make ``import picamera2`` find the stand-in, and return a new camera."""
    modules: dict[str, dict[str, Any]] = {
        "picamera2": {"Picamera2": Picamera2},
        "picamera2.encoders": {"H264Encoder": H264Encoder},
        "picamera2.outputs": {"Output": Output},
    }
    for name, members in modules.items():
        module = ModuleType(name)
        vars(module).update(members)
        patch.setitem(sys.modules, name, module)
    Machine.cameras, Machine.frames, Machine.opened, Machine.closed = 1, 10_000, 0, 0
    return Machine
