"""A segment leaves the spool only after the store has confirmed it, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from facecore.client import RecognizerClient
from pi_recorder.events import SegmentRefused, SegmentUploaded, UploadsAway, UploadsBack
from pi_recorder.spool import Segment, Spool
from pi_recorder.uploader import Uploader
from services.pi_recorder.tests.conftest import NOON, Events, keep, running, wait_until
from services.pi_recorder.tests.small_recognizer import TOKEN, Script, SmallRecognizer


@pytest.fixture
def events() -> Events:
    return Events()


@contextmanager
def uploading(spool: Spool, url: str, events: Events) -> Iterator[None]:
    with RecognizerClient(url, TOKEN, attempts=1) as client:
        uploader = Uploader(spool, client, events.append, deadline_s=20, first_pause_s=0.02)
        with running(uploader.run, lambda: uploader.finish(0)):
            yield


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

    assert script.announced == [segment.started_at for segment in segments]
    assert script.stored == contents
    uploaded = [event.segment for event in events.of(SegmentUploaded)]
    assert uploaded == segments


def test_a_lie_about_the_checksum_deletes_nothing(
    server: SmallRecognizer, script: Script, spool: Spool, events: Events
) -> None:
    script.lies = 10**9
    [segment, *_] = three(spool)
    with uploading(spool, server.url, events):
        wait_until(lambda: len(events.of(SegmentRefused)) >= 6)
    assert len(spool.queued()) == 3
    assert segment.path.exists()
    assert not events.of(SegmentUploaded)


def test_after_the_lie_it_is_sent_again(
    server: SmallRecognizer, script: Script, spool: Spool, events: Events
) -> None:
    script.lies = 2
    segments = three(spool)
    with uploading(spool, server.url, events):
        wait_until(lambda: not spool.queued())
    assert script.stored.keys() == {segment.sha256 for segment in segments}


def test_a_failing_server_is_told_of_once_and_outlasted(
    server: SmallRecognizer, script: Script, spool: Spool, events: Events
) -> None:
    script.announcements.extend([500, 503, 429, 401])
    segments = three(spool)
    with uploading(spool, server.url, events):
        wait_until(lambda: not spool.queued())

    assert len(events.of(UploadsAway)) == len(events.of(UploadsBack)) == 1
    assert script.announced[:5] == [segments[0].started_at] * 5  # still the oldest first
    assert len(events.of(SegmentUploaded)) == 3


def test_one_refused_segment_does_not_hold_up_the_others(
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


def test_a_file_that_rotted_on_the_disk_is_kept_and_holds_up_nobody(
    server: SmallRecognizer, script: Script, spool: Spool, events: Events
) -> None:
    rotten, *others = three(spool)
    rotten.path.write_bytes(bytes(len(rotten.path.read_bytes())))
    with uploading(spool, server.url, events):
        wait_until(lambda: spool.queued() == [rotten])
    assert script.stored.keys() == {segment.sha256 for segment in others}


def test_a_file_that_cannot_be_announced_is_kept_and_holds_up_nobody(
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
        uploader = Uploader(spool, client, events.append, deadline_s=20)
        uploader.finish(60)
        uploader.run()
        assert not spool.queued()
    assert len(script.stored) == 3
