"""The recorder reports its status to the recognizer, and never blocks recording for it."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from facecore.contract import Device, PartState
from facecore.vision.analyzer import load_analyzer
from pi_recorder.bootstrap import open_sinks, recorder_for
from pi_recorder.capture.latest_frame import LatestFrame
from pi_recorder.events import (
    CameraAway,
    CameraBack,
    ReportsRejected,
    SegmentRecorded,
    SegmentUploaded,
)
from pi_recorder.integrations.device_status import DeviceStatus, reports
from pi_recorder.operation.status import SpoolDisk
from pi_recorder.operation.status_aggregator import StatusAggregator
from pi_recorder.settings.schema import Settings
from pi_recorder.settings.values import RecognitionMode
from pi_recorder.spool import Spool
from pi_recorder.testing import FakeCamera, Show
from services.pi_recorder.tests.conftest import NOON, Events, keep, running, wait_until
from services.pi_recorder.tests.live.live_page import free_port
from services.pi_recorder.tests.small_recognizer import TOKEN, Script, SmallRecognizer
from tests.support.api import Api
from tests.support.recognizers import behind_uvicorn


class CountedStatus:
    """A source of the camera's status that counts how often it is read."""

    def __init__(self, aggregator: StatusAggregator) -> None:
        self._aggregator = aggregator
        self.count = 0

    def __call__(self) -> PartState:
        self.count += 1
        return self._aggregator.camera()


class Setting:
    """A status aggregator and its reporter."""

    def __init__(self, url: str, folder: Path, token: str = TOKEN) -> None:
        pictures = LatestFrame()
        self.settings = Settings(url=url, token=SecretStr(token), spool_dir=folder)
        self.aggregator = StatusAggregator("door", pictures, SpoolDisk(folder))
        self.source = DeviceStatus(self.settings, self.aggregator.status, pictures)
        self.reads = CountedStatus(self.aggregator)
        self.events = Events()

    @contextmanager
    def reporting(self) -> Iterator[None]:
        with reports(self.settings, self.source, self.reads, self.events.append):
            yield

    def wait_for_reads(self, more: int) -> None:
        enough = self.reads.count + more
        wait_until(lambda: self.reads.count >= enough)


@pytest.fixture
def setting(server: SmallRecognizer, tmp_path: Path) -> Setting:
    return Setting(server.url, tmp_path)


def states(script: Script) -> list[tuple[PartState, bool]]:
    return [(report.camera.state, report.stopped) for report in script.reports]


def test_it_reports_at_the_start_when_the_camera_changes_and_at_the_end(
    setting: Setting, script: Script
) -> None:
    with setting.reporting():
        wait_until(lambda: len(script.reports) == 1)
        setting.aggregator.add(CameraAway("unplugged\x1b[2J " + "x" * 500))
        wait_until(lambda: len(script.reports) == 2)
        setting.aggregator.add(CameraBack(3.0))
        wait_until(lambda: len(script.reports) == 3)
        setting.wait_for_reads(2)
    assert states(script) == [
        (PartState.STARTING, False),
        (PartState.AWAY, False),
        (PartState.ON, False),
        (PartState.ON, True),
    ]
    reason = script.reports[1].camera.reason
    assert reason is not None
    assert reason.startswith("unplugged [2J xxx")
    assert not setting.events


def test_it_reports_the_queue_and_the_free_space(
    setting: Setting, script: Script, tmp_path: Path
) -> None:
    with Spool(tmp_path) as spool:
        keep(spool, b"x" * 1000, NOON)
    with setting.reporting():
        wait_until(lambda: script.reports)
    report = script.reports[0]
    assert report.queue is not None
    assert (report.queue.segments, report.queue.bytes, report.queue.oldest_at) == (1, 1000, NOON)
    assert report.disk is not None
    assert 0 < report.disk.free_bytes <= report.disk.total_bytes
    assert report.interval_s == setting.settings.report_interval_s
    assert (report.camera.kind, report.camera.width) == ("demo", None)


@pytest.mark.exhaustive
def test_an_older_recognizer_is_reported_once_and_not_retried(
    setting: Setting, script: Script
) -> None:
    script.takes_reports = False
    with setting.reporting():
        wait_until(lambda: setting.events)
        setting.aggregator.add(CameraAway("unplugged"))
        setting.wait_for_reads(8)
    assert len(script.reports) == 1
    [rejected] = setting.events.of(ReportsRejected)
    assert "404" in rejected.reason


def test_a_revoked_token_publishes_no_event_here(
    server: SmallRecognizer, script: Script, tmp_path: Path
) -> None:
    setting = Setting(server.url, tmp_path, token="frd_revoked")
    with setting.reporting():
        wait_until(lambda: script.reports)
        setting.wait_for_reads(2)
    assert not setting.events
    assert [report.stopped for report in script.reports] == [False], "nobody listens to a goodbye"


def test_an_unreachable_recognizer_publishes_no_event_here(tmp_path: Path) -> None:
    setting = Setting(f"http://127.0.0.1:{free_port()}", tmp_path)
    with setting.reporting():
        setting.wait_for_reads(3)
    assert not setting.events


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    with behind_uvicorn(tmp_path / "recognizer", load_analyzer(threads=1)) as api:
        yield api


def test_the_console_of_a_real_recognizer_shows_start_recording_and_stop(
    api: Api, tmp_path: Path
) -> None:
    settings = Settings(
        url=api.url,
        token=api.admin.add_device("gate").token,
        spool_dir=tmp_path / "spool",
        segment_seconds=1,
        recognition_mode=RecognitionMode.INTERVAL,
        live_port=0,
    )
    events = Events()

    def gate() -> Device:
        (found,) = [one for one in api.admin.devices().devices if one.name == "gate"]
        return found

    def camera_is(state: PartState) -> bool:
        status = gate().status
        return status is not None and status.camera.state is state

    shutter = threading.Event()

    def shows() -> Iterator[Show]:
        shutter.wait(60)
        yield from itertools.repeat(Show(1 / 25, 640, 480))

    camera = FakeCamera(shows(), on_time=True)
    with (
        Spool(settings.spool_dir) as spool,
        open_sinks(settings, events.append) as sinks,
        recorder_for(settings, camera, spool, events.append, sinks=sinks) as recorder,
    ):
        with running(recorder.run, recorder.stop):
            wait_until(lambda: camera_is(PartState.STARTING))
            shutter.set()
            wait_until(lambda: camera_is(PartState.ON))
            wait_until(lambda: events.of(SegmentUploaded))
        seen = gate().status
        assert seen is not None
        assert (seen.camera.width, seen.camera.height, seen.stopped) == (640, 480, False)
    last = gate().status
    assert last is not None
    assert last.stopped
    assert events.of(SegmentRecorded)
    assert not events.of(ReportsRejected)
