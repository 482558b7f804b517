"""Recognition looks at the newest frame, and recording does not wait for it."""

from __future__ import annotations

import io
import threading
from datetime import datetime, timedelta

import pytest
from PIL import Image

from facecore.contract import Decision, Recognition
from facecore.errors import ApiUnreachable, ClientError
from pi_recorder.cameras.base import Frame
from pi_recorder.cameras.fake import numbered_picture
from pi_recorder.events import Answered, RecognitionAway, RecognitionBack, Unanswered
from pi_recorder.newest import NewestFrame
from pi_recorder.recognition import RecognitionLoop, jpeg
from services.pi_recorder.tests.conftest import NOON, Events, running, wait_until
from services.pi_recorder.tests.small_recognizer import face, recognition


class FakeRecognizer:
    """Answers when the test lets it, or fails while ``error`` is set."""

    def __init__(self) -> None:
        self.asked: list[datetime] = []
        self.may_answer = threading.Semaphore(0)
        self.error: ClientError | None = None

    def recognize(
        self, image: bytes, *, captured_at: datetime, deadline_s: float | None = None
    ) -> Recognition:
        self.asked.append(captured_at)
        assert self.may_answer.acquire(timeout=20)
        if self.error:
            raise self.error
        return recognition(face(Decision.UNKNOWN), captured_at=captured_at)


def frame(second: int) -> Frame:
    return Frame(numbered_picture(second), NOON + timedelta(seconds=second))


@pytest.fixture
def newest() -> NewestFrame:
    return NewestFrame()


@pytest.fixture
def recognizer() -> FakeRecognizer:
    return FakeRecognizer()


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def loop(newest: NewestFrame, recognizer: FakeRecognizer, events: Events) -> RecognitionLoop:
    return RecognitionLoop(
        newest, recognizer, events.append, interval_s=0.001, deadline_s=5, late_after_s=1000
    )


def test_frames_that_came_meanwhile_are_left_out(
    newest: NewestFrame, recognizer: FakeRecognizer, events: Events, loop: RecognitionLoop
) -> None:
    with running(loop.run, newest.close):
        newest.put(frame(0))
        wait_until(lambda: recognizer.asked)
        for second in range(1, 500):  # none of these waits, though nothing is answered
            newest.put(frame(second))
        recognizer.may_answer.release(2)
        wait_until(lambda: len(events.of(Answered)) == 2)
    assert recognizer.asked == [NOON, NOON + timedelta(seconds=499)]


def test_no_frame_is_asked_about_twice(
    newest: NewestFrame, recognizer: FakeRecognizer, events: Events, loop: RecognitionLoop
) -> None:
    recognizer.may_answer.release(10)
    with running(loop.run, newest.close):
        newest.put(frame(0))
        wait_until(lambda: events.of(Answered))
    assert recognizer.asked == [NOON]


def test_the_last_frame_is_asked_about_at_the_end(
    newest: NewestFrame, recognizer: FakeRecognizer, events: Events, loop: RecognitionLoop
) -> None:
    newest.put(frame(7))
    newest.close()
    recognizer.may_answer.release()
    loop.run()
    assert recognizer.asked == [NOON + timedelta(seconds=7)]


def test_away_is_told_once_and_so_is_back(
    newest: NewestFrame, recognizer: FakeRecognizer, events: Events, loop: RecognitionLoop
) -> None:
    recognizer.error = ApiUnreachable("nobody listens")
    recognizer.may_answer.release(10)
    with running(loop.run, newest.close):
        newest.put(frame(0))
        wait_until(lambda: len(events.of(Unanswered)) == 1)
        newest.put(frame(1))
        wait_until(lambda: len(events.of(Unanswered)) == 2)
        recognizer.error = None
        newest.put(frame(2))
        wait_until(lambda: events.of(Answered))
    kinds = [type(event) for event in events]
    assert kinds == [Unanswered, RecognitionAway, Unanswered, RecognitionBack, Answered]


def test_a_late_answer_is_marked_as_late(
    newest: NewestFrame, recognizer: FakeRecognizer, events: Events
) -> None:
    newest.put(frame(0))
    newest.close()
    recognizer.may_answer.release()
    RecognitionLoop(
        newest, recognizer, events.append, interval_s=1, deadline_s=5, late_after_s=0
    ).run()
    [answered] = events.of(Answered)
    assert answered.late
    assert answered.latency_s > 0


def test_a_large_frame_becomes_a_jpeg_within_the_limits() -> None:
    with Image.open(io.BytesIO(jpeg(numbered_picture(5, 3840, 2160)))) as image:
        assert (image.format, image.size) == ("JPEG", (1920, 1080))
