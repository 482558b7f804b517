"""A live camera that stalls, breaks, vanishes or hangs is noticed, reported and reopened."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from pi_recorder.capture.cameras.base import Frame
from pi_recorder.capture.cameras.watched import WatchedCamera
from pi_recorder.capture.frame_loop import Capture
from pi_recorder.capture.latest_frame import LatestFrame
from pi_recorder.clock import SystemClock
from pi_recorder.errors import CameraError
from pi_recorder.events import CameraAway, CameraBack, SegmentRecorded
from pi_recorder.recording.segments import SegmentWriter
from pi_recorder.recording.writer import Recording
from pi_recorder.spool import Spool
from pi_recorder.testing import FakeCamera, Fault, Hang, Jump, Show, Stall, Step, picture_number
from services.pi_recorder.tests.conftest import Events, numbers, wait_until


def watched(*script: Step, stall_s: float = 0.3, give_up_s: float = 60) -> WatchedCamera:
    camera = FakeCamera(script, can_wait=False)
    return WatchedCamera(camera, stall_s=stall_s, give_up_s=give_up_s, first_pause_s=0.01)


def observed(camera: WatchedCamera) -> list[int | str]:
    """Return the numbers of the frames, with the events in between."""
    return [one(item) for item in camera.watch(Event())]


def one(item: Frame | CameraAway | CameraBack) -> int | str:
    match item:
        case Frame():
            return picture_number(item.picture)
        case CameraAway(reason):
            return reason
        case CameraBack():
            return "back"


def test_a_camera_that_breaks_is_opened_again() -> None:
    camera = watched(Show(), Show(), Fault("unplugged"), Fault("still gone"), Show())
    assert observed(camera) == [0, 1, "unplugged", "back", 2]


def test_a_camera_that_comes_late_is_waited_for() -> None:
    assert observed(watched(Fault("not yet"), Show())) == ["not yet", "back", 0]


def test_a_camera_that_stalls_is_opened_again() -> None:
    seen = observed(watched(Show(), Stall(), Show()))
    assert seen == [0, "no frame came for 0.3 seconds", "back", 1]


def test_a_driver_that_hangs_is_abandoned() -> None:
    released = Event()
    assert observed(watched(Show(), Hang(released), Show())) == [
        0,
        "no frame came for 0.3 seconds",
        "back",
        1,
    ]
    released.set()


@pytest.mark.exhaustive
def test_a_driver_that_hangs_again_and_again_ends_the_run() -> None:
    """Each hang keeps a thread; only a new process frees it."""
    released = Event()
    script: list[Step] = [Show(), Hang(released)] * 9
    with pytest.raises(CameraError, match="its driver hangs; restart the recorder"):
        observed(watched(*script))
    released.set()


def test_the_run_fails_after_the_last_attempt() -> None:
    with pytest.raises(CameraError, match="gone for good"):
        observed(watched(Show(), *[Fault("gone for good")] * 1000, give_up_s=0.2))
    with pytest.raises(CameraError, match="never there"):
        observed(watched(Fault("never there"), give_up_s=0))


def test_a_camera_that_can_wait_is_not_opened_again() -> None:
    camera = WatchedCamera(FakeCamera([Show(), Fault("torn")]), stall_s=1, give_up_s=60)
    with pytest.raises(CameraError, match="torn"):
        observed(camera)


def test_a_stop_does_not_wait_for_a_driver_that_hangs() -> None:
    released, stop = Event(), Event()
    frames = watched(Show(), Hang(released), stall_s=600).watch(stop)
    assert one(next(frames)) == 0
    ending = Thread(target=lambda: list(frames), daemon=True)
    ending.start()
    stop.set()
    ending.join(30)
    assert not ending.is_alive()
    released.set()


@pytest.mark.parametrize("key_every", [None, 5])
def test_while_the_camera_is_away_the_open_segment_is_finished(
    spool: Spool, key_every: int | None
) -> None:
    """No segment covers time without a camera, and every filmed frame is in one."""
    gone_s = 3600.0
    script: list[Step] = [*[Show(0.1)] * 12, Fault("unplugged"), Jump(gone_s), *[Show(0.1)] * 8]
    recorded = filmed(spool, FakeCamera(script, can_wait=False, key_every=key_every))

    assert [event.frames for event in recorded] == [12, 8]
    assert [event.segment.duration_ms for event in recorded] == [1200, 800]
    assert [n for event in recorded for n in numbers(event.segment.path)] == list(range(20))
    first, second = (event.segment.started_at for event in recorded)
    assert (second - first).total_seconds() == pytest.approx(gone_s + 1.2, abs=0.001)


def test_the_segment_is_finished_while_the_camera_is_still_away(spool: Spool) -> None:
    events = Events()
    recording = Recording(SegmentWriter(spool, segment_s=60), events.append)
    camera = watched(*[Show(0.1)] * 5, *[Stall()] * 1000)
    stop = Event()
    capture = Capture(camera, LatestFrame(), recording, events.append, SystemClock())
    threads = [Thread(target=capture.run, args=(stop,)), Thread(target=recording.run)]
    for thread in threads:
        thread.start()
    wait_until(lambda: events.of(SegmentRecorded))
    stop.set()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


def filmed(spool: Spool, camera: FakeCamera) -> list[SegmentRecorded]:
    events = Events()
    recording = Recording(SegmentWriter(spool, segment_s=60), events.append)
    watching = WatchedCamera(camera, stall_s=60, give_up_s=60, first_pause_s=0.01)
    Capture(watching, LatestFrame(), recording, events.append, SystemClock()).run(Event())
    recording.run()
    assert len(events.of(CameraAway)) == len(events.of(CameraBack)) == 1
    return events.of(SegmentRecorded)
