"""A segment leaves the spool only after the store has confirmed it, over real HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from facecore.client import RecognizerClient
from pi_recorder.events import (
    PartialSegmentSetAside,
    SegmentRecovered,
    SegmentRefused,
    SegmentUploaded,
    UploadsAway,
    UploadsBack,
)
from pi_recorder.settings.values import UploadOrder, UploadSchedule
from pi_recorder.spool import Segment, Spool
from pi_recorder.uploads import Uploader
from services.pi_recorder.tests.conftest import NOON, Events, film, keep, running, wait_until
from services.pi_recorder.tests.small_recognizer import TOKEN, Script, SmallRecognizer
from tests.support.unmeasured import UNMEASURED

UPLOADS = """
import sys
from pathlib import Path
from facecore.client import RecognizerClient
from pi_recorder.spool import Spool
from pi_recorder.uploads import Uploader

folder, url, token = sys.argv[1:]
with Spool(Path(folder)) as spool, RecognizerClient(url, token, deadline_s=60) as client:
    Uploader(spool, client, print, stall_s=20).run()
"""


@pytest.fixture
def events() -> Events:
    return Events()


@contextmanager
def uploading(
    spool: Spool,
    url: str,
    events: Events,
    *,
    order: UploadOrder = UploadOrder.OLDEST,
    schedule: UploadSchedule | None = None,
) -> Iterator[Uploader]:
    with RecognizerClient(url, TOKEN, attempts=1) as client:
        uploader = Uploader(
            spool,
            client,
            events.append,
            stall_s=20,
            first_pause_s=0.02,
            order=order,
            schedule=schedule,
        )
        with running(uploader.run, lambda: uploader.finish(0)):
            yield uploader


def three(spool: Spool) -> list[Segment]:
    starts = [NOON + timedelta(seconds=10 * number) for number in range(3)]
    return [keep(spool, f"video {start}".encode() * 1000, start) for start in starts]


def test_oldest_first_and_deleted_once_confirmed(
    server: SmallRecognizer, script: Script, spool: Spool, events: Events
) -> None:
    segments = three(spool)
    contents = {segment.sha256: segment.path.read_bytes() for segment in segments}
    with uploading(spool, server.url, events):
        wait_until(lambda: not spool.queued())

    before_and_after = [segment.started_at for segment in segments for _ in range(2)]
    assert script.announced == before_and_after
    assert script.stored == contents
    uploaded = [event.segment for event in events.of(SegmentUploaded)]
    assert uploaded == segments


def test_a_wrong_checksum_deletes_nothing(
    server: SmallRecognizer, script: Script, spool: Spool, events: Events
) -> None:
    script.lies = 10**9
    [segment, *_] = three(spool)
    with uploading(spool, server.url, events):
        wait_until(lambda: len(events.of(SegmentRefused)) >= 6)
    assert len(spool.queued()) == 3
    assert segment.path.exists()
    assert not events.of(SegmentUploaded)


def test_after_a_wrong_checksum_it_is_sent_again(
    server: SmallRecognizer, script: Script, spool: Spool, events: Events
) -> None:
    script.lies = 2
    segments = three(spool)
    with uploading(spool, server.url, events):
        wait_until(lambda: not spool.queued())
    assert script.stored.keys() == {segment.sha256 for segment in segments}


def test_what_the_server_does_not_find_after_its_upload_is_sent_again(
    server: SmallRecognizer, script: Script, spool: Spool, events: Events
) -> None:
    script.losses = 1
    [lost, *_] = segments = three(spool)
    with uploading(spool, server.url, events):
        wait_until(lambda: not spool.queued())
    [refused] = events.of(SegmentRefused)
    assert (refused.segment, "does not find it" in refused.reason) == (lost, True)
    assert script.stored.keys() == {segment.sha256 for segment in segments}


def test_a_failing_confirmation_costs_no_second_upload(
    server: SmallRecognizer, script: Script, spool: Spool, events: Events
) -> None:
    script.confirmations.extend([500, 503, 429])
    segments = three(spool)
    with uploading(spool, server.url, events):
        wait_until(lambda: not spool.queued())
    assert len(events.of(UploadsAway)) == len(events.of(UploadsBack)) == 1
    assert script.uploaded == [segment.sha256 for segment in segments]


def test_a_kill_between_upload_and_confirmation_costs_no_second_upload(
    server: SmallRecognizer, script: Script, tmp_path: Path, events: Events
) -> None:
    with Spool(tmp_path) as spool:
        segments = three(spool)
    script.may_confirm.clear()
    with subprocess.Popen(
        [sys.executable, "-c", UPLOADS, tmp_path, server.url, TOKEN],
        env=os.environ | UNMEASURED,
    ) as child:
        asked = script.confirming.wait(60)
        child.kill()
    assert asked
    script.may_confirm.set()
    with Spool(tmp_path) as spool:
        assert spool.queued() == segments
        with uploading(spool, server.url, events):
            wait_until(lambda: not spool.queued())
    assert script.uploaded == [segment.sha256 for segment in segments]


def test_a_failing_server_is_reported_once_and_retried(
    server: SmallRecognizer, script: Script, spool: Spool, events: Events
) -> None:
    script.announcements.extend([500, 503, 429, 401])
    segments = three(spool)
    with uploading(spool, server.url, events):
        wait_until(lambda: not spool.queued())

    assert len(events.of(UploadsAway)) == len(events.of(UploadsBack)) == 1
    assert script.announced[:5] == [segments[0].started_at] * 5  # still the oldest first
    assert len(events.of(SegmentUploaded)) == 3


def test_one_refused_segment_does_not_block_the_others(
    server: SmallRecognizer, script: Script, spool: Spool, events: Events
) -> None:
    refused, *others = three(spool)
    script.refused_sha256.add(refused.sha256)
    with uploading(spool, server.url, events):
        wait_until(lambda: script.stored.keys() == {segment.sha256 for segment in others})
        wait_until(lambda: spool.queued() == [refused])
        script.refused_sha256.clear()
        wait_until(lambda: not spool.queued())
    assert refused.sha256 in script.stored


def test_a_file_damaged_on_the_disk_is_kept_and_blocks_nothing(
    server: SmallRecognizer, script: Script, spool: Spool, events: Events
) -> None:
    rotten, *others = three(spool)
    rotten.path.write_bytes(bytes(len(rotten.path.read_bytes())))
    with uploading(spool, server.url, events):
        wait_until(lambda: spool.queued() == [rotten])
    assert script.stored.keys() == {segment.sha256 for segment in others}


def test_a_file_that_cannot_be_announced_is_kept_and_blocks_nothing(
    server: SmallRecognizer, script: Script, spool: Spool, events: Events
) -> None:
    part = spool.part(NOON)
    part.write_bytes(b"a video of no length")
    impossible = spool.keep(part, NOON, duration_ms=0)
    others = three(spool)
    with uploading(spool, server.url, events):
        wait_until(lambda: spool.queued() == [impossible])
    assert script.stored.keys() == {segment.sha256 for segment in others}


def test_nobody_listens_and_then_somebody_does(
    script: Script, spool: Spool, events: Events
) -> None:
    three(spool)
    gone = SmallRecognizer(script)
    gone.close()
    with uploading(spool, gone.url, events):
        wait_until(lambda: events.of(UploadsAway))
    assert len(spool.queued()) == 3

    back = SmallRecognizer(script)
    with uploading(spool, back.url, events):
        wait_until(lambda: not spool.queued())
    back.close()


def test_what_the_store_has_already_is_not_sent_twice(
    server: SmallRecognizer, script: Script, spool: Spool, events: Events
) -> None:
    segments = three(spool)
    script.stored[segments[0].sha256] = b"sent before the power cut"
    with uploading(spool, server.url, events):
        wait_until(lambda: not spool.queued())
    assert script.stored[segments[0].sha256] == b"sent before the power cut"


def test_it_drains_the_spool_before_it_finishes(
    server: SmallRecognizer, script: Script, tmp_path: Path, events: Events
) -> None:
    with Spool(tmp_path / "s") as spool, RecognizerClient(server.url, TOKEN) as client:
        three(spool)
        uploader = Uploader(spool, client, events.append, stall_s=20)
        uploader.finish(60)
        uploader.run()
        assert not spool.queued()
    assert len(script.stored) == 3


def test_the_newest_first_by_setting(
    server: SmallRecognizer, script: Script, spool: Spool, events: Events
) -> None:
    segments = three(spool)
    with uploading(spool, server.url, events, order=UploadOrder.NEWEST):
        wait_until(lambda: not spool.queued())
    assert list(dict.fromkeys(script.announced)) == [s.started_at for s in reversed(segments)]


def test_outside_its_schedule_nothing_is_sent(
    server: SmallRecognizer, script: Script, spool: Spool, events: Events
) -> None:
    three(spool)
    now = datetime.now().astimezone()
    checked = threading.Event()

    class CheckedSchedule(UploadSchedule):
        def is_open(self, local: datetime) -> bool:
            checked.set()
            return super().is_open(local)

    shut = CheckedSchedule((now + timedelta(hours=2)).time(), (now + timedelta(hours=3)).time())
    with uploading(spool, server.url, events, schedule=shut) as uploader:
        wait_until(checked.is_set)
        uploader.finish(60)  # the read does not wait for the schedule
    assert len(spool.queued()) == 3
    assert not script.announced

    around = UploadSchedule((now - timedelta(hours=1)).time(), (now + timedelta(hours=3)).time())
    with uploading(spool, server.url, events, schedule=around):
        wait_until(lambda: not spool.queued())


@pytest.mark.parametrize(
    ("written", "at", "is_open"),
    [
        ("22:00-06:00", "21:59", False),
        ("22:00-06:00", "22:00", True),
        ("22:00-06:00", "00:00", True),
        ("22:00-06:00", "06:00", False),
        ("09:30-17:00", "09:29", False),
        ("09:30-17:00", "16:59", True),
        ("09:30-17:00", "23:00", False),
    ],
)
def test_a_schedule_is_of_local_time_and_may_go_over_midnight(
    written: str, at: str, is_open: bool
) -> None:
    schedule = UploadSchedule.parse(written)
    assert schedule
    local = datetime.fromisoformat(f"2026-01-02T{at}").astimezone()
    assert schedule.is_open(local) is is_open


@pytest.mark.parametrize("written", ["22-06", "25:00-06:00", "22:00-22:00", "at night"])
def test_a_malformed_schedule_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="window"):
        UploadSchedule.parse(written)


def test_a_partial_file_is_recovered_and_uploaded(
    server: SmallRecognizer, script: Script, tmp_path: Path, events: Events
) -> None:
    film(tmp_path, frames=60, segment_s=60)
    (tmp_path / "20260102T110000.000000Z.part").write_bytes(b"nothing whole")
    with Spool(tmp_path) as spool, uploading(spool, server.url, events):
        wait_until(lambda: script.stored)
        wait_until(lambda: not spool.queued())
    [repaired] = events.of(SegmentRecovered)
    [aside] = events.of(PartialSegmentSetAside)
    assert script.stored.keys() == {repaired.segment.sha256}
    assert (
        script.tickets[repaired.segment.sha256].duration_ms == repaired.segment.duration_ms < 2400
    )
    assert aside.path == tmp_path / "partial" / "20260102T110000.000000Z.part"
