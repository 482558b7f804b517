"""The whole recorder in one process: a fake camera, real files, a real server on loopback."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from pydantic import SecretStr

from facecore.contract import Decision
from pi_recorder.bootstrap import recorder_for
from pi_recorder.capture.cameras.base import Camera
from pi_recorder.events import Answered, SegmentRecorded, SegmentUploaded
from pi_recorder.settings.schema import Settings
from pi_recorder.settings.values import RecognitionMode
from pi_recorder.spool import Spool
from pi_recorder.testing import FakeCamera, Fault, Show
from services.pi_recorder.tests.conftest import Events, numbers, running, wait_until
from services.pi_recorder.tests.small_recognizer import TOKEN, Script, SmallRecognizer, face


@pytest.fixture
def settings(server: SmallRecognizer, tmp_path: Path) -> Settings:
    return Settings(
        url=server.url,
        token=SecretStr(TOKEN),
        spool_dir=tmp_path / "spool",
        segment_seconds=1,
        recognition_mode=RecognitionMode.INTERVAL,  # the fake camera's frames show no face
        sample_interval_s=0.05,
        upload_drain_s=30,
    )


def run(settings: Settings, camera: Camera, spool: Spool) -> tuple[list[str], Events]:
    events = Events()
    with recorder_for(settings, camera, spool, events.append) as recorder:
        return recorder.run(), events


def test_it_records_recognizes_and_uploads(
    settings: Settings, script: Script, spool: Spool
) -> None:
    script.faces = [face(Decision.UNKNOWN)]
    failures, events = run(settings, FakeCamera([Show(0.04)] * 80), spool)

    assert failures == []
    assert sum(event.frames for event in events.of(SegmentRecorded)) == 80
    assert events.of(Answered)
    assert len(script.stored) == len(events.of(SegmentUploaded)) == 4
    assert not spool.queued()


def test_what_arrives_at_the_store_are_the_frames_in_order(
    settings: Settings, script: Script, spool: Spool, tmp_path: Path
) -> None:
    run(settings, FakeCamera([Show(0.04)] * 80), spool)
    videos = sorted(script.tickets.values(), key=lambda video: video.started_at)
    found = []
    for video in videos:
        path = tmp_path / "stored.mp4"
        path.write_bytes(script.stored[video.sha256])
        found += numbers(path)
    assert found == list(range(80))


def test_recording_does_not_wait_for_a_slow_recognizer(
    settings: Settings, script: Script, spool: Spool
) -> None:
    """All is recorded and stored while the first request is still unanswered."""
    script.may_answer.clear()
    events = Events()
    with (
        recorder_for(settings, FakeCamera([Show(0.04)] * 80), spool, events.append) as recorder,
        running(recorder.run, script.may_answer.set),
    ):
        wait_until(lambda: len(events.of(SegmentUploaded)) == 4)
        assert len(script.asked_at) == 1
        assert not events.of(Answered)
    assert sum(event.frames for event in events.of(SegmentRecorded)) == 80


def test_a_camera_that_breaks_fails_the_run_and_loses_nothing(
    settings: Settings, script: Script, spool: Spool
) -> None:
    failures, events = run(settings, FakeCamera([*[Show(0.04)] * 30, Fault("unplugged")]), spool)
    assert failures == ["unplugged"]
    assert sum(event.frames for event in events.of(SegmentRecorded)) == 30
    assert len(script.stored) == 2


def test_a_camera_without_a_frame_fails_the_run(settings: Settings, spool: Spool) -> None:
    failures, _ = run(settings, FakeCamera([]), spool)
    assert failures == ["the camera ended without a single frame"]


def test_a_stop_finishes_the_open_segment(settings: Settings, script: Script, spool: Spool) -> None:
    events = Events()
    endless = FakeCamera(itertools.repeat(Show(0.02)), on_time=True)
    with recorder_for(settings, endless, spool, events.append) as recorder:
        with running(recorder.run, recorder.stop):
            wait_until(lambda: events.of(SegmentUploaded))
        assert recorder.stopped
    recorded = [event.segment.sha256 for event in events.of(SegmentRecorded)]
    assert script.stored.keys() == set(recorded)
    assert not list(settings.spool_dir.glob("*.part"))


def test_without_a_server_all_stays_in_the_spool(
    settings: Settings, server: SmallRecognizer, spool: Spool
) -> None:
    server.close()
    quick = settings.model_copy(update={"upload_drain_s": 0.2})
    failures, events = run(quick, FakeCamera([Show(0.04)] * 80), spool)
    assert failures == []  # of the recorder itself; see Summary.unfinished
    assert [event.segment for event in events.of(SegmentRecorded)] == spool.queued()


def test_what_was_left_is_uploaded_by_the_next_run(
    settings: Settings, script: Script, server: SmallRecognizer, spool: Spool
) -> None:
    away = settings.model_copy(update={"url": "http://127.0.0.1:9", "upload_drain_s": 0.1})
    run(away, FakeCamera([Show(0.04)] * 30), spool)
    assert len(spool.queued()) == 2
    run(settings, FakeCamera([Show(0.04)] * 30), spool)
    assert not spool.queued()
    assert len(set(script.announced)) == 4
