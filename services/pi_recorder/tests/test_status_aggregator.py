"""The status after each kind of event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from facecore.contract import Box, PartState, PersonRecord
from pi_recorder.capture.cameras.base import Frame
from pi_recorder.capture.latest_frame import LatestFrame
from pi_recorder.events import (
    Answered,
    CameraAway,
    CameraBack,
    FramesDropped,
    RecognitionAway,
    RecognitionPaused,
    RecognitionResumed,
    Seen,
    TrackedFace,
    TrackState,
    UploadsAway,
    UploadsBack,
    VisitBegan,
    VisitEnded,
    VisitNamed,
)
from pi_recorder.operation.status import SpoolDisk
from pi_recorder.operation.status_aggregator import StatusAggregator
from pi_recorder.spool import Spool
from pi_recorder.testing import numbered_picture
from services.pi_recorder.tests.conftest import NOON, keep
from services.pi_recorder.tests.small_recognizer import ADA, recognition

BOB = PersonRecord(label="bob", name="Bob", attributes={})


class Clock:
    """A wall clock that a test sets."""

    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pictures() -> LatestFrame:
    return LatestFrame()


@pytest.fixture
def aggregator(tmp_path: Path, pictures: LatestFrame, clock: Clock) -> StatusAggregator:
    return StatusAggregator("door", pictures, SpoolDisk(tmp_path), now=clock)


def named(
    track: str,
    person: PersonRecord | None,
    similarity: float | None = 0.8,
    at: datetime = NOON,
    state: TrackState | None = None,
) -> VisitNamed:
    decided = state or (TrackState.MATCH if person else TrackState.UNKNOWN)
    return VisitNamed(track, at, decided, person, similarity, 0.2, late=False)


def ended(track: str, person: PersonRecord | None, similarity: float, end: datetime) -> VisitEnded:
    state = TrackState.MATCH if person else TrackState.UNKNOWN
    began = end - timedelta(minutes=1)
    return VisitEnded(track, began, end, state, person, similarity, 3)


def test_a_part_is_starting_on_away_and_on_again(
    aggregator: StatusAggregator, pictures: LatestFrame, clock: Clock
) -> None:
    assert aggregator.status().camera.state is PartState.STARTING
    pictures.put(Frame(numbered_picture(0), NOON))
    assert aggregator.status().camera.state is PartState.ON
    clock.now += timedelta(seconds=5)
    aggregator.add(CameraAway("unplugged"))
    aggregator.add(UploadsAway("no route"))
    camera = aggregator.status().camera
    assert (camera.state, camera.reason, camera.since) == (PartState.AWAY, "unplugged", clock.now)
    aggregator.add(CameraBack(3.0))
    aggregator.add(UploadsBack(3.0))
    status = aggregator.status()
    assert status.camera.state is status.uploads.state is PartState.ON
    assert status.camera.reason is None
    assert status.notices[0].text.startswith("uploads continue")


def test_paused_by_hand_is_said_and_what_was_before_comes_back(
    aggregator: StatusAggregator,
) -> None:
    aggregator.add(RecognitionAway("nobody listens"))
    aggregator.add(RecognitionPaused())
    assert aggregator.status().recognition.state is PartState.PAUSED
    aggregator.add(RecognitionResumed())
    assert aggregator.status().recognition.state is PartState.AWAY


def test_a_visit_counts_once_however_often_it_is_named(aggregator: StatusAggregator) -> None:
    for number in range(5):
        aggregator.add(named("t1", ADA, 0.7 + number / 100))
    [ada] = aggregator.status().today.visitors
    assert (ada.visits, ada.person.name) == (1, "Ada")
    assert ada.best_similarity == pytest.approx(0.74)
    aggregator.add(ended("t1", ADA, 0.8, NOON))
    aggregator.add(named("t2", ADA, 0.6, NOON + timedelta(minutes=9)))
    [ada] = aggregator.status().today.visitors
    assert (ada.visits, ada.best_similarity) == (2, 0.8)
    assert ada.last_seen == NOON + timedelta(minutes=9)


def test_a_changed_decision_moves_the_visit_to_the_other_person(
    aggregator: StatusAggregator,
) -> None:
    aggregator.add(VisitBegan("t1", NOON - timedelta(seconds=9)))
    aggregator.add(named("t1", ADA))
    aggregator.add(named("t1", BOB))
    [bob] = aggregator.status().today.visitors
    assert bob.person.label == "bob"
    assert bob.first_seen == NOON - timedelta(seconds=9)
    aggregator.add(named("t1", None))
    today = aggregator.status().today
    assert (today.visitors, today.unknown) == ((), 1)


def test_who_is_seen_lately_comes_first(aggregator: StatusAggregator) -> None:
    aggregator.add(ended("t1", ADA, 0.8, NOON))
    aggregator.add(ended("t2", BOB, 0.8, NOON + timedelta(minutes=1)))
    assert [v.person.name for v in aggregator.status().today.visitors] == ["Bob", "Ada"]
    aggregator.add(ended("t3", ADA, 0.8, NOON + timedelta(minutes=2)))
    assert [v.person.name for v in aggregator.status().today.visitors] == ["Ada", "Bob"]


def test_a_new_day_begins_at_local_midnight(aggregator: StatusAggregator, clock: Clock) -> None:
    aggregator.add(ended("t1", ADA, 0.8, NOON))
    midnight = (clock.now.astimezone() + timedelta(days=1)).replace(hour=0, minute=0, second=0)
    clock.now = (midnight - timedelta(seconds=1)).astimezone(UTC)
    assert len(aggregator.status().today.visitors) == 1
    clock.now = midnight.astimezone(UTC)
    today = aggregator.status().today
    assert (today.visitors, today.since) == ((), clock.now)


def test_a_face_has_its_place_in_shares_of_the_picture(aggregator: StatusAggregator) -> None:
    box = Box(x=64, y=48, width=160, height=240)
    seen = TrackedFace("t1", box, TrackState.MATCH, ADA, 0.8)
    aggregator.add(Seen(NOON, 640, 480, (seen,)))
    [shown] = aggregator.status().faces
    assert shown.place is not None
    assert shown.place.model_dump() == {"x": 0.1, "y": 0.1, "width": 0.25, "height": 0.5}
    aggregator.add(Seen(NOON, 0, 0, (seen,)))
    assert aggregator.status().faces[0].place is None
    aggregator.add(Seen(NOON, 640, 480, ()))
    assert aggregator.status().faces == ()


def test_a_long_record_is_shown_in_part(aggregator: StatusAggregator) -> None:
    record = PersonRecord(
        label="ada", name="Ada", attributes={f"a{n}": "x" * 200 for n in range(64)}
    )
    aggregator.add(named("t1", record))
    facts = aggregator.status().today.visitors[0].person.facts
    assert len(facts) == 12
    assert {len(fact.value) for fact in facts} == {120}


def test_latency_and_lateness(aggregator: StatusAggregator) -> None:
    for number in range(1, 101):
        aggregator.add(Answered(NOON, number / 100, number > 98, recognition()))
    status = aggregator.status()
    assert status.latency.median_s == pytest.approx(0.5)
    assert status.latency.p95_s == pytest.approx(0.95)
    assert status.latency.late == 2
    assert len(status.notices) == 1, "the second late answer in a row is no news"


def test_the_same_notice_again_is_one_line(aggregator: StatusAggregator) -> None:
    for _ in range(3):
        aggregator.add(FramesDropped(2))
    [notice] = aggregator.status().notices
    assert (notice.times, aggregator.status().counts.frames_dropped) == (3, 6)


def test_a_year_of_visitors_does_not_grow_without_end(aggregator: StatusAggregator) -> None:
    for number in range(5000):
        person = PersonRecord(label=f"p{number}", name=f"Person {number}")
        aggregator.add(VisitBegan(f"never-ended-{number}", NOON))
        aggregator.add(ended(f"t{number}", person, 0.8, NOON + timedelta(seconds=number)))
        aggregator.add(CameraAway(f"reason {number}"))
    status = aggregator.status()
    assert len(status.today.visitors) == 100
    assert status.today.not_listed == 1900
    assert status.today.visitors[0].person.label == "p4999"
    assert len(status.notices) == 20
    assert len(status.model_dump_json()) < 50_000


def test_the_status_has_the_spool(spool: Spool, pictures: LatestFrame, tmp_path: Path) -> None:
    keep(spool, b"12345", NOON)
    aggregator = StatusAggregator("door", pictures, SpoolDisk(tmp_path / "spool"))
    disk = aggregator.status().disk
    assert disk is not None
    assert (disk.queued, disk.queued_bytes) == (1, 5)
    assert StatusAggregator("door", pictures, SpoolDisk(tmp_path / "none")).status().disk is None
