"""Visits of an outage are named afterwards, from segments that may be deleted meanwhile."""

from __future__ import annotations

from functools import partial

from facecore.errors import ApiUnreachable
from pi_recorder.capture.cameras.base import Frame
from pi_recorder.capture.latest_frame import LatestFrame
from pi_recorder.events import (
    Seen,
    SegmentRecorded,
    TrackState,
    Unanswered,
    VisitEnded,
    VisitNamed,
)
from pi_recorder.operation.run_summary import RunCounters
from pi_recorder.recognition.connection import Connection
from pi_recorder.recognition.modes import Tracking
from pi_recorder.recognition.motion import MotionGate
from pi_recorder.recognition.replay import Replay
from pi_recorder.recognition.sending import Sender
from pi_recorder.recognition.shots import RequestPolicy
from pi_recorder.recognition.visits import Visits
from pi_recorder.recording.segments import SegmentWriter
from pi_recorder.settings.values import RequestContent
from pi_recorder.spool import Spool
from services.pi_recorder.tests.conftest import Events, running, wait_until
from services.pi_recorder.tests.recognition.people import STEP_S, Scene, Walker, moment, picture


class Entrance:
    """A recorder that films and recognizes; each frame is processed before the next one.

    With ``replays`` false the loop itself replays nothing.
    """

    def __init__(self, scene: Scene, spool: Spool, *, replays: bool = True) -> None:
        self.events = Events()
        self.latest_frame = LatestFrame()
        sender = Sender(scene, RequestContent.FRAME, deadline_s=5)
        connection = Connection(sender, self.events.append, late_after_s=1000, first_pause_s=0.01)
        self.replay = Replay(scene, connection, self.events.append)
        self._writer = SegmentWriter(spool, segment_s=2)
        asking = partial(RequestPolicy, limit=4, first_pause_s=0.1)
        visits = Visits(self.events.append, ttl_s=0.5, new_policy=asking, missed=self.replay.missed)
        self.loop = Tracking(
            self.latest_frame,
            MotionGate(level=12, area=0),
            scene,
            visits,
            connection,
            interval_s=0.001,
            replay=self.replay if replays else None,
        )

    def film(self, start_s: float, end_s: float, *, uploaded: bool = False) -> None:
        for number in range(round(start_s / STEP_S), round(end_s / STEP_S)):
            frame = Frame(picture(number * STEP_S), moment(number * STEP_S))
            if done := self._writer.write(frame):
                self.recorded(done, uploaded=uploaded)
            observations = len(self.events.of(Seen))
            self.latest_frame.put(frame)
            wait_until(lambda: len(self.events.of(Seen)) > observations)  # noqa: B023 - in this turn

    def recorded(self, done: SegmentRecorded, *, uploaded: bool) -> None:
        self.replay.on_event(done)
        if uploaded:
            done.segment.path.unlink()


def test_a_visit_of_the_outage_is_named_late_and_under_its_own_id(spool: Spool) -> None:
    scene = Scene(Walker("ada", 0.5, 1.5, (300, 320)), Walker(None, 2.5, 3.2, (300, 320)))
    entrance = Entrance(scene, spool)
    scene.error = ApiUnreachable("nobody listens")
    with running(entrance.loop.run, entrance.latest_frame.close):
        entrance.film(0, 5, uploaded=True)
        wait_until(lambda: entrance.events.of(Unanswered))
        assert [e.state for e in entrance.events.of(VisitEnded)] == [TrackState.UNSEEN] * 2
        scene.error = None
        entrance.film(5, 7, uploaded=True)
        second = 7.0

        def named() -> bool:
            nonlocal second
            second += 1
            entrance.latest_frame.put(Frame(picture(second), moment(second)))
            return len(entrance.events.of(VisitNamed)) == 2

        wait_until(named)
    ended, late = entrance.events.of(VisitEnded), entrance.events.of(VisitNamed)
    assert {one.track for one in late} == {one.track for one in ended}
    assert all(one.late for one in late)
    verdict = {one.at.second: (one.state, one.person.label if one.person else None) for one in late}
    assert set(verdict.values()) == {(TrackState.MATCH, "ada"), (TrackState.UNKNOWN, None)}

    counters = RunCounters()
    for event in entrance.events:
        counters.add(event)
    summary = counters.summary(segments_left=0)
    assert (summary.visits, summary.unseen, summary.unknown) == (2, 0, 1)
    assert [person.label for person in summary.people] == ["ada"]


def test_without_its_segment_a_visit_is_left_as_it_is(spool: Spool) -> None:
    scene = Scene(Walker("ada", 0.5, 1.5, (300, 320)))
    entrance = Entrance(scene, spool)
    scene.error = ApiUnreachable("nobody listens")
    entrance.recorded = lambda done, *, uploaded: done.segment.path.unlink()  # type: ignore[method-assign]  # before it was heard of
    with running(entrance.loop.run, entrance.latest_frame.close):
        entrance.film(0, 5)
        scene.error = None
        asked = len(scene.asked)
        entrance.film(5, 7)
    assert len(scene.asked) == asked
    assert not entrance.events.of(VisitNamed)


def test_present_faces_come_before_the_replay(spool: Spool) -> None:
    scene = Scene(Walker("ada", 0.5, 1.5, (300, 320)))
    entrance = Entrance(scene, spool, replays=False)
    scene.error = ApiUnreachable("nobody listens")
    with running(entrance.loop.run, entrance.latest_frame.discard):
        entrance.film(0, 2.5)
        wait_until(lambda: entrance.replay.ready)
        wait_until(lambda: len(entrance.events.of(Unanswered)) == len(scene.asked))
        scene.error, asked = None, len(scene.asked)

        entrance.replay.one(give_way=lambda: True)
        assert len(scene.asked) == asked
        assert entrance.replay.ready  # it waits for the present faces

        entrance.replay.one(give_way=lambda: False)
        assert len(scene.asked) == asked + 1
        wait_until(lambda: not entrance.replay.ready)
        entrance.replay.close()
        assert [named.late for named in entrance.events.of(VisitNamed)] == [True]
