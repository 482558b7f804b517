"""Any number of readers look at the newest frame, and none waits for another."""

from __future__ import annotations

from datetime import timedelta

from pi_recorder.capture.cameras.base import Frame
from pi_recorder.capture.latest_frame import LatestFrame
from pi_recorder.testing import numbered_picture
from services.pi_recorder.tests.conftest import NOON


def frame(second: int) -> Frame:
    return Frame(numbered_picture(second), NOON + timedelta(seconds=second))


def test_every_reader_sees_the_newest_once() -> None:
    newest = LatestFrame()
    newest.put(frame(0))
    newest.put(frame(1))
    taken, seen = newest.take(), newest.after(None)
    assert taken
    assert seen is taken
    assert taken.frame.captured_at == NOON + timedelta(seconds=1)
    assert newest.after(seen, timeout_s=0) is None
    newest.put(frame(2))
    later = newest.after(seen)
    assert later
    assert later is newest.after(seen)  # asking again takes nothing away
    assert newest.take() is later


def test_the_last_frame_is_there_after_closing_unless_it_is_discarded() -> None:
    newest = LatestFrame()
    newest.put(frame(0))
    newest.close()
    seen = newest.after(None)
    assert seen
    assert newest.after(seen) is None
    newest.discard()
    assert newest.after(None) is None
    assert newest.take() is None
