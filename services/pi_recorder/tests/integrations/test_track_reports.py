"""The recorder reports the trajectories of visits, and never blocks recording for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import av
import pytest
from pydantic import SecretStr

from facecore.client import RecognizerClient
from facecore.contract import Box, PersonUpdate, ReportedBox, TrackReport
from facecore.vision.analyzer import load_analyzer
from pi_recorder.bootstrap import open_sinks
from pi_recorder.capture.cameras.demo import demo_clip
from pi_recorder.capture.cameras.demo_scene import FRAMES_PER_SECOND, VISITS, demo_people, pose
from pi_recorder.events import (
    Event,
    FaceGateMissing,
    Publish,
    Seen,
    TrackedFace,
    TracksLost,
    TracksRejected,
    TrackState,
    VisitEnded,
    VisitNamed,
)
from pi_recorder.integrations.track_reports import TrackReports
from pi_recorder.integrations.trajectories import VisitTrajectories
from pi_recorder.recognition.connection import Connection
from pi_recorder.recognition.device_faces import DeviceFaces
from pi_recorder.recognition.sending import RecognitionRequest, Sender
from pi_recorder.recognition.shots import RequestPolicy
from pi_recorder.recognition.visit_state import Observation
from pi_recorder.recognition.visits import Visits
from pi_recorder.settings.schema import Settings
from pi_recorder.settings.values import FaceGate, RecognitionMode, RequestContent
from services.pi_recorder.tests.conftest import NOON, Events, running, wait_until
from services.pi_recorder.tests.live.live_page import free_port
from services.pi_recorder.tests.recognition.people import moment
from services.pi_recorder.tests.small_recognizer import TOKEN, Script, SmallRecognizer
from tests.support.api import Api
from tests.support.recognizers import behind_uvicorn


def trajectory(second: float = 0) -> TrackReport:
    at = NOON + timedelta(seconds=second)
    box = ReportedBox(offset_ms=0, x=1, y=2, width=30, height=40)
    return TrackReport(started_at=at, ended_at=at, frame_width=640, frame_height=480, boxes=[box])


def seen(second: float, *tracks: str) -> Seen:
    box = Box(x=100 + 20 * second, y=50, width=80, height=90)
    faces = (TrackedFace(track, box, TrackState.UNSEEN, None, None) for track in tracks)
    return Seen(NOON + timedelta(seconds=second), 640, 480, tuple(faces))


def named(track: str) -> VisitNamed:
    return VisitNamed(track, NOON, TrackState.UNKNOWN, None, None, 0.5, late=False)


def ended(track: str, state: TrackState = TrackState.UNKNOWN) -> VisitEnded:
    return VisitEnded(track, NOON, NOON, state, None, None, requests=1)


class Reported(list[tuple[str, TrackReport]]):
    """The reported trajectories, and the events that caused them."""

    def on_event(self, *events: Event) -> None:
        trajectories = VisitTrajectories(lambda track, report: self.append((track, report)))
        for event in events:
            trajectories.on_event(event)

    def lasted_s(self) -> list[tuple[str, float]]:
        return [(track, (r.ended_at - r.started_at).total_seconds()) for track, r in self]


def test_the_trajectory_of_an_answered_visit_is_reported_at_its_end() -> None:
    reported = Reported()
    reported.on_event(seen(0, "a", "b"), named("a"), seen(1, "b", "a"), seen(3, "a"), ended("a"))
    assert reported.lasted_s() == [("a", 3)]
    assert [(box.offset_ms, box.x) for box in reported[0][1].boxes] == [
        (0, 100),
        (1000, 120),
        (3000, 160),
    ]


def test_the_trajectory_of_an_unanswered_visit_is_not_reported() -> None:
    reported = Reported()
    reported.on_event(seen(0, "a"), seen(1, "a"), ended("a", TrackState.UNSEEN), ended("b"))
    assert not reported


def test_a_long_trajectory_is_reported_every_two_minutes_once_answered() -> None:
    reported = Reported()
    observations = [seen(second, "a") for second in range(0, 601, 5)]
    reported.on_event(*observations[:40], named("a"), *observations[40:], ended("a"))
    assert reported.lasted_s() == [("a", 200), ("a", 320), ("a", 440), ("a", 560), ("a", 600)]


def test_faces_that_only_the_answers_find_make_no_trajectory() -> None:
    reported = Reported()
    gate_missing = FaceGateMissing("no weights")
    reported.on_event(gate_missing, seen(0, "a"), named("a"), seen(9, "a"), ended("a"))
    assert not reported


@contextmanager
def reporting(url: str, events: Events, token: str = TOKEN) -> Iterator[TrackReports]:
    client = RecognizerClient(url, token, attempts=1)
    work = TrackReports(client, events.append, first_pause_s=0.05)
    with running(work.run, work.stop):
        yield work


def test_trajectories_are_sent_in_order_and_once(server: SmallRecognizer, script: Script) -> None:
    events = Events()
    with reporting(server.url, events) as reports:
        for number in range(5):
            reports.put(f"t{number}", trajectory(number))
        wait_until(lambda: len(script.tracks) == 5)
    assert script.tracks == [(f"t{number}", trajectory(number)) for number in range(5)]
    assert not events


def test_what_is_left_at_a_stop_is_sent(server: SmallRecognizer, script: Script) -> None:
    work = TrackReports(RecognizerClient(server.url, TOKEN, attempts=1), Events().append)
    for number in range(5):
        work.put(f"t{number}", trajectory(number))
    work.stop()
    work.run()
    assert len(script.tracks) == 5


def test_a_failed_report_is_sent_again_and_a_refused_one_is_not(
    server: SmallRecognizer, script: Script
) -> None:
    events = Events()
    script.track_statuses.extend([503, 401, 422])
    with reporting(server.url, events) as reports:
        reports.put("a", trajectory())
        wait_until(lambda: len(script.tracks) == 3)
        reports.put("b", trajectory())
        wait_until(lambda: events)
    assert [track for track, _ in script.tracks] == ["a", "a", "a", "b"]
    assert events == [TracksLost(1)]


def test_a_later_trajectory_of_the_visit_replaces_the_one_being_sent(
    server: SmallRecognizer, script: Script
) -> None:
    script.may_answer.clear()
    with reporting(server.url, Events()) as reports:
        for number in range(4):
            reports.put("a", trajectory(number))
        script.may_answer.set()
        wait_until(lambda: ("a", trajectory(3)) in script.tracks)
    assert len(script.tracks) <= 2


def test_too_many_drop_the_oldest_and_the_loss_is_reported(
    server: SmallRecognizer, script: Script
) -> None:
    events = Events()
    work = TrackReports(RecognizerClient(server.url, TOKEN, attempts=1), events.append)
    for number in range(300):
        work.put(f"t{number}", trajectory(number))
    with running(work.run, work.stop):
        wait_until(lambda: len(script.tracks) == 256)
    assert script.tracks[0][0] == "t44"
    assert events == [TracksLost(44)]


def test_an_older_recognizer_is_reported_once_and_not_retried(
    server: SmallRecognizer, script: Script
) -> None:
    events = Events()
    script.takes_reports = False
    with reporting(server.url, events) as reports:
        for number in range(5):
            reports.put(f"t{number}", trajectory())
        wait_until(lambda: events)
    assert len(script.tracks) == 1
    [reported] = events
    assert isinstance(reported, TracksRejected)
    assert "404" in reported.reason


def test_an_unreachable_recognizer_blocks_nothing_and_losses_are_reported() -> None:
    events = Events()
    with reporting(f"http://127.0.0.1:{free_port()}", events) as reports:
        reports.put("a", trajectory())
        reports.put("b", trajectory())
    assert events == [TracksLost(2)]


@pytest.mark.parametrize(
    ("mode", "gate"),
    [
        (RecognitionMode.INTERVAL, FaceGate.DEVICE),
        (RecognitionMode.OFF, FaceGate.DEVICE),
        (RecognitionMode.TRACK, FaceGate.RECOGNIZER),
    ],
)
def test_nothing_is_reported_where_no_face_is_followed(
    server: SmallRecognizer, script: Script, tmp_path: Path, mode: RecognitionMode, gate: FaceGate
) -> None:
    settings = Settings(
        url=server.url,
        token=SecretStr(TOKEN),
        spool_dir=tmp_path,
        recognition_mode=mode,
        face_gate=gate,
        live_port=0,
    )
    with open_sinks(settings, Events().append) as sinks:
        for event in (seen(0, "a"), named("a"), seen(1, "a"), ended("a")):
            sinks.publish(event)
        assert "track-reports" not in [thread.name for thread in threading.enumerate()]
    assert not script.tracks


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A real recognizer that knows the demo's people."""
    folder = tmp_path_factory.mktemp("recognizer")
    with behind_uvicorn(folder, load_analyzer(threads=1)) as api:
        for person in demo_people():
            api.admin.put_person(person.label, PersonUpdate(name=person.name))
            api.admin.add_photo(person.label, person.photo().read_bytes())
        yield api


def test_the_trajectories_of_the_demo_are_those_of_its_script(api: Api, tmp_path: Path) -> None:
    """Frame by frame and each answer awaited, so that a busy machine changes nothing."""
    token = api.admin.add_device("gate").token
    settings = Settings(url=api.url, token=token, spool_dir=tmp_path, live_port=0)
    events = Events()
    with (
        open_sinks(settings, events.append) as sinks,
        RecognizerClient(api.url, token, attempts=1) as client,
    ):
        _follow_the_demo(client, sinks.publish)
    tracks = sorted(api.admin.tracks("gate").tracks, key=lambda track: track.started_at)
    assert len(tracks) == len(VISITS)
    for track, visit in zip(tracks, VISITS, strict=True):
        began, went = (
            (at - moment(0)).total_seconds() for at in (track.started_at, track.ended_at)
        )
        assert visit.start <= began <= visit.start + 2
        assert visit.end - 2 <= went <= visit.end
        assert (track.frame_width, track.frame_height) == (640, 480)
        for box in track.boxes:
            truth = pose(visit, began + box.offset_ms / 1000)
            assert truth is not None
            assert abs(box.x + box.width / 2 - truth.x) < truth.head_width / 2
    assert not events.of(TracksRejected)
    stays = {
        stay.track: (stay.first_seen, stay.last_seen)
        for stay in api.admin.visits(device="gate").visits
    }
    assert stays == {track.track: (track.started_at, track.ended_at) for track in tracks}


def _follow_the_demo(client: RecognizerClient, publish: Publish) -> None:
    finder = DeviceFaces(min_face_px=40)
    asking = partial(RequestPolicy, limit=4, first_pause_s=0.75)
    visits = Visits(publish, ttl_s=1.5, new_policy=asking, missed=lambda _: None)
    connection = Connection(
        Sender(client, RequestContent.FRAME, deadline_s=120), publish, late_after_s=60
    )
    with av.open(demo_clip()) as container:
        for number, picture in enumerate(container.decode(video=0)):
            if number % 2:
                continue
            second = number / FRAMES_PER_SECOND
            faces = finder.find(picture)
            visits.observe(
                Observation(moment(second), second, (picture.width, picture.height), faces)
            )
            if visits.worth_requesting():
                request = visits.begin_request()
                answer = connection.send(
                    RecognitionRequest(picture, moment(second), second, faces, request.followed)
                )
                assert answer
                visits.answered(request, answer, at=second, late=False)
    visits.end()
