"""A face's trajectory: few boxes, near to the face, complete from first to last."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest

from facecore.contract import LONGEST_TRACK, MAX_TRACK_BOXES, Box, TrackReport
from pi_recorder.integrations.trajectories import Trajectory
from services.pi_recorder.tests.conftest import NOON

SIZE = (640, 480)
LOOKS_A_SECOND = 10
Where = Callable[[float], Box]


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def seconds(long: float, every: float = 1 / LOOKS_A_SECOND) -> Sequence[float]:
    return [number * every for number in range(round(long / every) + 1)]


def walked(where: Where, moments: Sequence[float]) -> TrackReport:
    trajectory = Trajectory(at(moments[0]), where(moments[0]), SIZE)
    for second in moments[1:]:
        trajectory.add(at(second), where(second))
    return trajectory.report()


def standing(second: float) -> Box:
    """A detector's boxes tremble a little."""
    return Box(x=100 + math.sin(40 * second), y=50, width=80, height=90)


def pacing(second: float) -> Box:
    """A face that moves to and fro, by its width each second."""
    return Box(x=300 + 200 * math.sin(second / 2.5), y=50, width=80, height=90)


def stop_and_go(second: float) -> Box:
    """A face that stands for ten seconds, moves for one, and stands for ten."""
    return Box(x=100 + 300 * min(1, max(0, second - 10)), y=50, width=80, height=90)


def off(report: TrackReport, where: Where, second: float) -> float:
    """Return the largest distance from the line between the boxes to the face, in face widths."""
    ms = second * 1000
    before = max((b for b in report.boxes if b.offset_ms <= ms), key=lambda b: b.offset_ms)
    after = min((b for b in report.boxes if b.offset_ms >= ms), key=lambda b: b.offset_ms)
    share = (ms - before.offset_ms) / max(1, after.offset_ms - before.offset_ms)
    return abs(before.x + (after.x - before.x) * share - where(second).x) / 80


def test_a_still_face_is_two_boxes_however_long() -> None:
    report = walked(standing, seconds(600))
    assert [box.offset_ms for box in report.boxes] == [0, 600_000]
    assert (report.started_at, report.ended_at) == (NOON, at(600))
    assert (report.frame_width, report.frame_height) == SIZE


@pytest.mark.parametrize("where", [standing, pacing, stop_and_go])
def test_the_lines_between_its_boxes_stay_near_the_face(where: Where) -> None:
    moments = seconds(21)
    report = walked(where, moments)
    assert max(off(report, where, second) for second in moments) < 0.15


def test_it_keeps_five_boxes_a_second_at_most() -> None:
    report = walked(pacing, seconds(20))
    assert 50 < len(report.boxes) <= 101
    gaps = [b.offset_ms - a.offset_ms for a, b in zip(report.boxes, report.boxes[1:], strict=False)]
    assert min(gaps[:-1]) >= 200


@pytest.mark.parametrize("long_s", [120, 1_200, 24 * 3600 + 60])
def test_a_long_trajectory_is_coarser_but_complete(long_s: float) -> None:
    every = 0.5 if long_s > 2_000 else 0.1
    report = walked(pacing, seconds(long_s, every))
    assert len(report.boxes) <= MAX_TRACK_BOXES
    assert report.started_at == NOON
    assert report.ended_at == min(at(long_s), NOON + LONGEST_TRACK)
    assert report.boxes[0].offset_ms == 0
    assert report.boxes[-1].offset_ms * timedelta(milliseconds=1) == report.ended_at - NOON


def test_a_clock_that_was_set_back_adds_nothing_until_it_has_caught_up() -> None:
    trajectory = Trajectory(at(0), pacing(0), SIZE)
    for second in (1, 2, -50, 0, 2, 3):
        trajectory.add(at(second), pacing(second))
    assert [box.offset_ms for box in trajectory.report().boxes] == [0, 1000, 2000, 3000]


def test_more_observations_than_milliseconds_are_no_error() -> None:
    report = walked(pacing, [0, 0.0002, 0.0004])
    assert [box.offset_ms for box in report.boxes] == [0]
    assert report.ended_at == at(0.0004)
