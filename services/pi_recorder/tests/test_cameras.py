"""Cameras: a file at both speeds and rotated, the names of cameras, and failures."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from threading import Event, Thread

import av
import numpy as np
import pytest

from pi_recorder.capture.cameras.base import Camera
from pi_recorder.capture.cameras.file import FileCamera
from pi_recorder.capture.cameras.open import open_camera
from pi_recorder.capture.cameras.picam import PiCamera
from pi_recorder.capture.cameras.watched import WatchedCamera
from pi_recorder.capture.cameras.webcam import Webcam
from pi_recorder.capture.frame_loop import Capture
from pi_recorder.capture.latest_frame import LatestFrame
from pi_recorder.clock import SystemClock
from pi_recorder.errors import CameraError
from pi_recorder.events import FramesDropped, SegmentRecorded
from pi_recorder.recording.segments import SegmentWriter
from pi_recorder.recording.writer import Recording
from pi_recorder.settings.values import Pace
from pi_recorder.spool import Spool
from pi_recorder.testing import FakeCamera, Fault, Show, picture_number
from services.pi_recorder.tests.conftest import Events, numbers, wait_until


@pytest.mark.parametrize("pace", Pace)
def test_a_file_gives_all_its_frames_in_its_own_time(clip: Path, pace: Pace) -> None:
    frames = list(FileCamera(clip, pace=pace).frames(Event()))

    assert [picture_number(frame.picture) for frame in frames] == list(range(45))
    steps = {after.captured_at - before.captured_at for before, after in itertools.pairwise(frames)}
    assert all(abs(step - timedelta(seconds=1 / 15)) < timedelta(milliseconds=1) for step in steps)
    assert frames[-1].captured_at <= datetime.now(UTC)  # not even when it is played fast


def test_a_file_on_its_side_is_turned_upright(tmp_path: Path) -> None:
    """The first row of the upright picture is white; as a phone stores it, a column is."""
    upright = np.zeros((96, 64, 3), np.uint8)
    upright[:32] = 255
    path = tmp_path / "side.mp4"
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stored = av.VideoFrame.from_ndarray(np.rot90(upright, 1).copy(), format="rgb24")
        stored.pts, stored.time_base = 0, Fraction(1, 10)
        container.mux(stream.encode(stored))
        container.mux(stream.encode())
    path.write_bytes(turned_a_quarter_clockwise(path.read_bytes()))

    [frame] = FileCamera(path).frames(Event())
    shown = frame.picture.to_ndarray(format="gray")
    assert shown.shape == (96, 64)
    assert shown[:24].min() > 200
    assert shown[40:].max() < 60


def turned_a_quarter_clockwise(mp4: bytes) -> bytes:
    """Set the matrix that a phone writes into the track header (ISO/IEC 14496-12, 8.3.2)."""
    one, unit = (1 << 16).to_bytes(4, "big"), (1 << 30).to_bytes(4, "big")
    minus, zero = (-(1 << 16)).to_bytes(4, "big", signed=True), bytes(4)
    plain = one + zero * 3 + one + zero * 3 + unit
    turned = zero + one + zero + minus + zero * 4 + unit
    head, tkhd, rest = mp4.partition(b"tkhd")
    assert plain in rest
    return head + tkhd + rest.replace(plain, turned, 1)


def test_the_demo_is_a_camera_too(clip: Path) -> None:
    assert isinstance(open_camera("demo"), FileCamera)
    assert isinstance(open_camera(str(clip)), FileCamera)
    assert isinstance(open_camera("/dev/video7"), Webcam)
    with pytest.raises(CameraError, match=r"there is no camera 'vidoe\.mp4'; use `demo`"):
        open_camera("vidoe.mp4")


def test_a_file_that_is_no_video_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no video")
    with pytest.raises(CameraError, match=r"notes.txt can't be played"):
        list(FileCamera(path).frames(Event()))


def test_a_file_of_sound_alone_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    with av.open(path, "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), layout="mono")
        sound.rate = 8000
        container.mux(stream.encode(sound))
    with pytest.raises(CameraError, match="has no video"):
        list(FileCamera(path).frames(Event()))


def test_a_webcam_that_is_not_there_is_named() -> None:
    with pytest.raises(CameraError, match="/dev/video99: no such camera; plug it in"):
        list(Webcam("/dev/video99").frames(Event()))


def test_the_fake_breaks_where_its_script_says() -> None:
    frames = FakeCamera([Show(), Show(), Fault("unplugged")]).frames(Event())
    assert len(list(itertools.islice(frames, 2))) == 2
    with pytest.raises(CameraError, match="unplugged"):
        next(frames)


def test_a_file_can_be_played_again_and_again(clip: Path) -> None:
    camera = FileCamera(clip, pace=Pace.FAST, loop=True)
    frames = list(itertools.islice(camera.frames(Event()), 100))

    assert [picture_number(frame.picture) for frame in frames] == [n % 45 for n in range(100)]
    steps = {after.captured_at - before.captured_at for before, after in itertools.pairwise(frames)}
    assert all(abs(step - timedelta(seconds=1 / 15)) < timedelta(milliseconds=1) for step in steps)


def test_the_pis_cameras_have_names() -> None:
    assert isinstance(open_camera("picamera"), PiCamera)
    assert isinstance(open_camera("picamera:1"), PiCamera)


def test_after_a_drop_what_the_camera_encoded_goes_on_with_a_key_frame(spool: Spool) -> None:
    """The frames in between would refer to frames that were dropped."""
    frames = list(FakeCamera([Show(0.1)] * 40, key_every=10).frames(Event()))
    events = Events()
    recording = Recording(SegmentWriter(spool, segment_s=60), events.append, waiting_bytes=1)
    writing = Thread(target=recording.run)
    for frame in frames[:15]:
        recording.take(frame, wait=False)  # nobody writes yet: there is room for one
    writing.start()
    for frame in frames[15:]:
        wait_until(lambda: not recording.full)
        recording.take(frame, wait=False)
    recording.end()
    writing.join(20)

    [recorded] = events.of(SegmentRecorded)
    assert numbers(recorded.segment.path) == [0, *range(20, 40)]
    assert events.of(FramesDropped) == [FramesDropped(19)]


@pytest.mark.parametrize("can_wait", [True, False])
def test_a_slow_disk_holds_only_a_camera_that_can_wait(spool: Spool, can_wait: bool) -> None:
    """The writer starts only when the camera is through, or has to wait."""
    camera: Camera = FakeCamera([Show(0.04)] * 200, can_wait=can_wait)
    events = Events()
    recording = Recording(SegmentWriter(spool, segment_s=60), events.append, waiting_bytes=1 << 20)
    watched = WatchedCamera(camera, stall_s=60, give_up_s=0)
    capture = Capture(
        watched,
        LatestFrame(),
        recording,
        events.append,
        SystemClock(),
    )
    filming = Thread(target=capture.run, args=(Event(),))
    filming.start()
    wait_until(lambda: recording.full)
    recording.run()
    filming.join(20)
    assert not filming.is_alive()

    [written] = events.of(SegmentRecorded)
    dropped = events.of(FramesDropped)
    if can_wait:
        assert (written.frames, dropped) == (200, [])
    else:
        assert dropped == [FramesDropped(200 - written.frames)]
