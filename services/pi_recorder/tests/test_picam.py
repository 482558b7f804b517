"""The Pi's camera, against a stand-in for picamera2: real H.264, padded rows, real threads."""

from __future__ import annotations

import itertools
import sys
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from pi_recorder.capture.cameras.base import Frame
from pi_recorder.capture.cameras.picam import PiCamera
from pi_recorder.errors import CameraError
from pi_recorder.recording.segments import SegmentWriter
from pi_recorder.settings.values import CameraFormat
from pi_recorder.spool import Spool
from pi_recorder.testing import picture_number
from services.pi_recorder.tests.conftest import numbers
from services.pi_recorder.tests.picamera2_stand_in import Machine, install

SMALL = CameraFormat((320, 64), 10, 800)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> type[Machine]:
    return install(monkeypatch)


def film(camera: PiCamera, count: int) -> list[Frame]:
    stop = Event()
    frames = camera.frames(stop)
    taken = list(itertools.islice(frames, count))
    stop.set()
    frames.close()
    return taken


def test_what_the_camera_encoded_is_recorded_as_it_is(machine: type[Machine], spool: Spool) -> None:
    writer = SegmentWriter(spool, segment_s=60)
    for frame in film(PiCamera(SMALL), 50):
        writer.write(frame)
    recorded = writer.finish()
    assert recorded
    assert numbers(recorded.segment.path) == list(range(50))


def test_recognition_gets_the_small_picture_of_the_same_scene(machine: type[Machine]) -> None:
    frames = film(PiCamera(CameraFormat((2560, 256), 10)), 10)
    assert {(frame.picture.width, frame.picture.height) for frame in frames} == {(1280, 128)}
    shown = [picture_number(frame.picture.reformat(width=2560, height=256)) for frame in frames]
    assert shown == sorted(shown)
    assert shown[-1] >= 9  # the latest, never older than what was encoded


def test_times_are_the_sensors_and_grow(machine: type[Machine]) -> None:
    frames = film(PiCamera(SMALL), 20)
    units = [frame.encoded for frame in frames if frame.encoded]
    assert len(units) == 20
    times = [unit.captured_at for unit in units]
    assert times == sorted(set(times))
    assert abs(datetime.now(UTC) - times[-1]) < timedelta(minutes=1)
    for frame, unit in zip(frames, units, strict=True):
        assert frame.captured_at >= unit.captured_at - timedelta(microseconds=2)
    assert [unit.is_key for unit in units] == [True] + [False] * 19


def test_the_settings_reach_the_camera(machine: type[Machine]) -> None:
    film(PiCamera(SMALL), 1)
    configuration, encoder = machine.last_configuration, machine.last_encoder
    assert configuration["main"] == {"size": (320, 64), "format": "YUV420"}
    assert configuration["controls"] == {"FrameDurationLimits": (100_000, 100_000)}
    assert (encoder.bitrate, encoder.iperiod, encoder.framerate) == (800_000, 20, 10)
    assert encoder.repeat


def test_it_is_closed_and_can_be_opened_again(machine: type[Machine]) -> None:
    camera = PiCamera(SMALL)
    film(camera, 3)
    film(camera, 3)
    assert (machine.opened, machine.closed) == (2, 2)


def test_a_camera_that_is_not_there_is_named(machine: type[Machine]) -> None:
    machine.cameras = 0
    with pytest.raises(CameraError, match=r"No camera number 0 found.*check its cable"):
        film(PiCamera(SMALL), 1)


def test_without_picamera2_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with pytest.raises(CameraError, match="sudo apt install python3-picamera2"):
        film(PiCamera(), 1)
