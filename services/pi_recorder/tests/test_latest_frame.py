"""Any number of readers take the latest frame, and none waits for another."""

from __future__ import annotations

from datetime import timedelta

from pi_recorder.capture.cameras.base import Frame
from pi_recorder.capture.latest_frame import LatestFrame
from pi_recorder.testing import numbered_picture
from services.pi_recorder.tests.conftest import NOON


def frame(second: int) -> Frame:
    return Frame(numbered_picture(second), NOON + timedelta(seconds=second))


def test_every_reader_gets_the_latest_frame_once() -> None:
    latest_frame = LatestFrame()
    latest_frame.put(frame(0))
    latest_frame.put(frame(1))
    taken, seen = latest_frame.take(), latest_frame.after(None)
    assert taken
    assert seen is taken
    assert taken.frame.captured_at == NOON + timedelta(seconds=1)
    assert latest_frame.after(seen, timeout_s=0) is None
    latest_frame.put(frame(2))
    later = latest_frame.after(seen)
    assert later
    assert later is latest_frame.after(seen)  # a read removes nothing
    assert latest_frame.take() is later


def test_the_last_frame_is_there_after_closing_unless_it_is_discarded() -> None:
    latest_frame = LatestFrame()
    latest_frame.put(frame(0))
    latest_frame.close()
    seen = latest_frame.after(None)
    assert seen
    assert latest_frame.after(seen) is None
    latest_frame.discard()
    assert latest_frame.after(None) is None
    assert latest_frame.take() is None
