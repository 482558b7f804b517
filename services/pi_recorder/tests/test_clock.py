"""A clock that is stepped: times follow, nothing is lost, and wrong times are corrected."""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import datetime, timedelta
from itertools import pairwise
from threading import Event

import pytest

from pi_recorder.capture.cameras.base import Frame
from pi_recorder.capture.cameras.watched import WatchedCamera
from pi_recorder.capture.frame_loop import Capture
from pi_recorder.capture.latest_frame import LatestFrame
from pi_recorder.clock import SourceTime, SystemClock, Timeline
from pi_recorder.events import ClockStepped, SegmentRecorded
from pi_recorder.recording.segments import SegmentWriter
from pi_recorder.recording.writer import Recording
from pi_recorder.spool import Spool
from pi_recorder.testing import FakeClock, FakeEncoder, numbered_picture
from services.pi_recorder.tests.conftest import NOON, Events, numbers

YEAR_S = 365 * 86400.0
FRAME_S = 0.1


class ClockedCamera:
    """Films by the fake clock; before some frames, something happens to it."""

    can_wait = True

    def __init__(
        self, clock: FakeClock, count: int, then: dict[int, Callable[[], None]], key_every: int
    ) -> None:
        self._clock, self._count, self._then = clock, count, then
        self._encoder = FakeEncoder(key_every) if key_every else None
        self._timeline = Timeline(clock)

    def frames(self, stop: Event) -> Generator[Frame]:
        for number in range(self._count):
            self._then.get(number, lambda: None)()
            picture, at = numbered_picture(number), self._timeline.now()
            unit = self._encoder.unit(picture, at) if self._encoder else None
            yield Frame(picture, at, unit)
            self._clock.advance(FRAME_S)


def film(
    spool: Spool, clock: FakeClock, count: int, then: dict[int, Callable[[], None]], key_every: int
) -> Events:
    events = Events()
    writer = SegmentWriter(spool, segment_s=1)
    recording = Recording(writer, events.append)
    camera = ClockedCamera(clock, count, then, key_every)
    watched = WatchedCamera(camera, stall_s=60, give_up_s=60)
    Capture(watched, LatestFrame(), recording, events.append, clock).run(Event())
    recording.run()
    return events


@pytest.mark.parametrize("key_every", [0, 3])
def test_times_follow_the_step_and_no_frame_is_lost(spool: Spool, key_every: int) -> None:
    """The clock is wrong for 2.5 seconds of filming, then NTP sets it."""
    clock = FakeClock(NOON)

    def synchronize() -> None:
        clock.step(YEAR_S)
        clock.is_synchronized = True

    events = film(spool, clock, 50, {25: synchronize}, key_every)

    assert [event.by_s for event in events.of(ClockStepped)] == [pytest.approx(YEAR_S)]
    segments = spool.queued()
    assert [n for one in segments for n in numbers(one.path)] == list(range(50))
    right = NOON + timedelta(seconds=YEAR_S)
    assert abs(segments[0].started_at - right) < timedelta(milliseconds=2)
    assert sum(one.duration_ms for one in segments) == pytest.approx(5000, abs=100)
    for before, after in pairwise(segments):
        ends_at = before.started_at + timedelta(milliseconds=before.duration_ms)
        assert abs(ends_at - after.started_at) < timedelta(milliseconds=2)


def test_after_the_clock_was_right_the_spool_keeps_its_times(spool: Spool) -> None:
    """Somebody sets it back by an hour, at the beginning of a segment."""
    clock = FakeClock(NOON, is_synchronized=True)
    events = film(spool, clock, 40, {20: lambda: clock.step(-3600)}, 0)

    assert [event.by_s for event in events.of(ClockStepped)] == [pytest.approx(-3600)]
    recorded = {event.segment.path.name for event in events.of(SegmentRecorded)}
    assert {segment.path.name for segment in spool.queued()} == recorded
    assert sum(one.started_at >= NOON for one in spool.queued()) >= 1
    assert next(event.frames for event in events.of(SegmentRecorded)) == 10


def test_a_small_correction_is_none(spool: Spool) -> None:
    clock = FakeClock(NOON)
    events = film(spool, clock, 30, {15: lambda: clock.step(0.5)}, 0)
    assert not events.of(ClockStepped)
    assert len(spool.queued()) == 3


def test_a_second_step_is_reported_with_its_own_size(spool: Spool) -> None:
    clock = FakeClock(NOON)
    steps = {10: lambda: clock.step(100), 20: lambda: clock.step(-40)}
    events = film(spool, clock, 30, steps, 0)
    assert [round(event.by_s) for event in events.of(ClockStepped)] == [100, -40]
    assert spool.queued()[0].started_at == NOON + timedelta(seconds=60)


def test_segments_uploaded_meanwhile_are_not_retimed(spool: Spool, clock: FakeClock) -> None:
    events = film(spool, clock, 20, {}, 0)
    first, second = (event.segment for event in events.of(SegmentRecorded))
    spool.confirm(first)
    spool.retime([first.path.name, second.path.name], timedelta(hours=1))
    [left] = spool.queued()
    assert (left.started_at, left.sha256) == (second.started_at + timedelta(hours=1), second.sha256)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOON)


def test_the_machines_own_clocks_agree() -> None:
    clock = SystemClock()
    timeline = Timeline(clock)
    assert abs(timeline.now() - clock.wall()) < timedelta(seconds=1)
    assert timeline.at(timeline.count()) <= timeline.now()
    assert clock.synchronized() in (True, False)


def test_a_sources_distances_are_kept_through_a_hold_up(clock: FakeClock) -> None:
    """Five frames are held up on their way and come in one burst."""
    time = SourceTime(Timeline(clock))
    found: list[datetime] = []
    for number in range(20):
        if not 10 < number < 15:
            clock.advance(FRAME_S * (5 if number == 10 else 1))
        found.append(time.at(number * FRAME_S))
    steps = [(after - before).total_seconds() for before, after in pairwise(found)]
    assert steps == pytest.approx([FRAME_S] * 19, abs=0.002)


def test_a_source_that_begins_anew_is_placed_anew(clock: FakeClock) -> None:
    time = SourceTime(Timeline(clock))
    before = time.at(5000.0)
    clock.advance(1)
    after = time.at(0.0)
    assert (after - before).total_seconds() == pytest.approx(1, abs=0.01)
    clock.advance(1)
    assert (time.at(None) - after).total_seconds() == pytest.approx(1, abs=0.01)
