"""Recognition takes the latest frame, sends one request at a time, and survives an outage."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from functools import partial

import pytest
from PIL import Image

from facecore.contract import Recognition
from facecore.errors import ApiProblem, ApiUnreachable
from pi_recorder.capture.cameras.base import Frame
from pi_recorder.capture.latest_frame import LatestFrame
from pi_recorder.events import (
    Answered,
    RecognitionAway,
    RecognitionBack,
    TrackState,
    Unanswered,
    VisitBegan,
    VisitEnded,
    VisitNamed,
)
from pi_recorder.recognition.connection import Connection
from pi_recorder.recognition.modes import Interval, Tracking
from pi_recorder.recognition.motion import MotionGate
from pi_recorder.recognition.sending import RecognitionRequest, Sender, jpeg
from pi_recorder.recognition.shots import RequestPolicy
from pi_recorder.recognition.visits import Visits
from pi_recorder.settings.values import RequestContent
from pi_recorder.testing import numbered_picture
from services.pi_recorder.tests.conftest import Events, running, wait_until
from services.pi_recorder.tests.recognition.people import Scene, Walker, moment, picture

Loop = Callable[..., Interval | Tracking]


@pytest.fixture
def latest_frame() -> LatestFrame:
    return LatestFrame()


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def scene() -> Scene:
    return Scene(Walker("ada", 0, 1000, (300, 320)))


@pytest.fixture(params=["track", "interval"])
def loop(
    request: pytest.FixtureRequest, latest_frame: LatestFrame, scene: Scene, events: Events
) -> Loop:
    """The loop of either mode, with a short cooldown."""

    def make(late_after_s: float = 1000) -> Interval | Tracking:
        asking = partial(RequestPolicy, limit=1000, first_pause_s=0.0)
        visits = Visits(events.append, ttl_s=1e6, new_policy=asking, missed=lambda _: None)
        sender = Sender(scene, RequestContent.FRAME, deadline_s=5)
        connection = Connection(
            sender, events.append, late_after_s=late_after_s, first_pause_s=0.01
        )
        if request.param == "interval":
            return Interval(latest_frame, visits, connection, interval_s=0.001)
        motion = MotionGate(level=12, area=0)
        return Tracking(latest_frame, motion, scene, visits, connection, interval_s=0.001)

    return make


def frame(second: float) -> Frame:
    return Frame(picture(second), moment(second))


def test_frames_that_came_meanwhile_are_left_out(
    latest_frame: LatestFrame, scene: Scene, events: Events, loop: Loop
) -> None:
    scene.walkers = (Walker(None, 0, 1000, (300, 320)),)
    scene.may_answer.clear()
    with running(loop().run, latest_frame.close):
        latest_frame.put(frame(0))
        wait_until(lambda: scene.asked)
        for second in range(1, 200):  # none of these calls waits, though no request is answered
            latest_frame.put(frame(second))
        assert scene.asked == [0]
        scene.may_answer.set()
        wait_until(lambda: events.of(Answered))

        def filmed_and_asked() -> bool:
            latest_frame.put(frame(500))  # again, because the answer may not be fully processed
            return 500 in scene.asked

        wait_until(filmed_and_asked)
    assert len(scene.asked) < 10  # of 201: the latest frame at each answer


def test_no_frame_is_sent_twice(
    latest_frame: LatestFrame, scene: Scene, events: Events, loop: Loop
) -> None:
    with running(loop().run, latest_frame.close):
        latest_frame.put(frame(0))
        wait_until(lambda: events.of(VisitNamed))
    assert scene.asked == [0]


def test_the_last_frame_is_sent_at_the_end(
    latest_frame: LatestFrame, scene: Scene, events: Events, loop: Loop
) -> None:
    latest_frame.put(frame(7))
    latest_frame.close()
    loop().run()
    assert scene.asked == [7]
    [ended] = events.of(VisitEnded)
    assert (ended.state, ended.requests) == (TrackState.MATCH, 1)


def test_an_outage_is_reported_once_and_a_visit_is_named_after_it(
    latest_frame: LatestFrame, scene: Scene, events: Events, loop: Loop
) -> None:
    scene.error = ApiUnreachable("nobody listens")
    second = 0

    def put_until(kind: type[object], count: int) -> None:
        def come() -> bool:
            nonlocal second
            second += 1
            latest_frame.put(frame(second))
            return len(events.of(kind)) >= count

        wait_until(come)

    with running(loop().run, latest_frame.close):
        put_until(Unanswered, 3)
        scene.error = None
        put_until(VisitNamed, 1)
    assert len(events.of(RecognitionAway)) == len(events.of(RecognitionBack)) == 1
    kinds = [type(event) for event in events]
    assert kinds.index(RecognitionBack) < kinds.index(Answered) < kinds.index(VisitNamed)
    assert len(events.of(VisitBegan)) == 1


def test_a_late_answer_is_marked_as_late(
    latest_frame: LatestFrame, scene: Scene, events: Events, loop: Loop
) -> None:
    latest_frame.put(frame(7))
    latest_frame.close()
    loop(late_after_s=0).run()
    [answered], [named] = events.of(Answered), events.of(VisitNamed)
    assert answered.late
    assert named.late
    assert named.latency_s > 0


def test_a_request_holds_the_visit_of_each_face(
    latest_frame: LatestFrame, scene: Scene, events: Events
) -> None:
    for walkers in (
        [Walker("ada", 0, 9, (100, 120))],
        [Walker("ada", 0, 9, (100, 120)), Walker("bob", 0, 9, (400, 420))],
    ):
        scene.walkers = tuple(walkers)
        visits = Visits(
            events.append,
            ttl_s=1,
            new_policy=partial(RequestPolicy, limit=4, first_pause_s=1),
            missed=lambda _: None,
        )
        connection = Connection(
            Sender(scene, RequestContent.FRAME, deadline_s=5), events.append, late_after_s=9
        )
        gate, place = MotionGate(level=12, area=0), LatestFrame()
        place.put(frame(1))
        place.close()
        Tracking(place, gate, scene, visits, connection, interval_s=0.001).run()
    one, ada, bob = [began.track for began in events.of(VisitBegan)]
    assert scene.tracks == [[one], [ada, bob]]


def test_without_motion_and_faces_no_request_is_sent(
    latest_frame: LatestFrame, scene: Scene, events: Events
) -> None:
    scene.walkers = (Walker("ada", 500, 1000, (300, 320)),)
    visits = Visits(
        events.append,
        ttl_s=1,
        new_policy=partial(RequestPolicy, limit=4, first_pause_s=1),
        missed=lambda _: None,
    )
    connection = Connection(
        Sender(scene, RequestContent.FRAME, deadline_s=5), events.append, late_after_s=9
    )
    loop = Interval(
        latest_frame, visits, connection, interval_s=0.001, motion=MotionGate(level=12, area=0.002)
    )
    with running(loop.run, latest_frame.close):
        latest_frame.put(frame(0))  # the first frame always passes
        wait_until(lambda: events.of(Answered))
        for _ in range(50):
            latest_frame.put(Frame(picture(0), moment(0)))
    assert scene.asked == [0]


def test_an_overloaded_server_gets_no_request_until_its_retry_after(events: Events) -> None:
    def send(request: RecognitionRequest) -> Recognition:
        raise ApiProblem(503, "overloaded", "too many pictures", retry_after_s=7.0)

    connection = Connection(send, events.append, late_after_s=9)
    before = time.monotonic()
    assert connection.send(RecognitionRequest(picture(0), moment(0), at=before)) is None
    assert connection.cooldown_until >= before + 7
    assert connection.is_cooling_down


def test_a_large_frame_becomes_a_jpeg_within_the_limits() -> None:
    with Image.open(io.BytesIO(jpeg(numbered_picture(5, 3840, 2160)))) as image:
        assert (image.format, image.size) == ("JPEG", (1920, 1080))
