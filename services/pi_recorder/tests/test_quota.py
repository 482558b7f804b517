"""The spool's quota: what is deleted first, what never is, and what is counted."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from pi_recorder.errors import SpoolFull
from pi_recorder.events import RecordingPaused, RecordingResumed, SegmentRecorded
from pi_recorder.recording.segment_allocation import SegmentAllocator
from pi_recorder.recording.segments import SegmentWriter
from pi_recorder.spool import Dropped, QuotaPolicy, Segment, Spool
from pi_recorder.spool.loss_journal import Loss, LossKind, read_losses
from pi_recorder.testing import FakeCamera, Show
from services.pi_recorder.tests.conftest import NOON, Events, keep

CONTENT = b"0123456789"


def fill(spool: Spool, count: int, first: int = 0) -> list[Segment]:
    """Add segments of ten bytes and ten seconds each, one after the other."""
    starts = (NOON + timedelta(seconds=10 * number) for number in range(first, first + count))
    return [keep(spool, CONTENT, start) for start in starts]


def test_the_oldest_uploaded_is_deleted_first(tmp_path: Path) -> None:
    dropped: list[Dropped] = []
    limits = QuotaPolicy(max_bytes=40, keep_uploaded=True, drop_oldest_queued=True)
    with Spool(tmp_path, limits, dropped.append) as spool:
        first, second, third, fourth = fill(spool, 4)
        spool.confirm(second)
        spool.confirm(third)
        fill(spool, 3, first=4)
        assert [one.segment.sha256 for one in dropped] == [s.sha256 for s in (second, third, first)]
        assert [one.segment.started_at for one in dropped] == [
            second.started_at,
            third.started_at,
            first.started_at,
        ]
        assert [one.uploaded for one in dropped] == [True, True, False]
        assert spool.queued()[0] == fourth
        assert spool.state().lost_s == 10
        assert not list((tmp_path / "uploaded").iterdir())


def test_without_permission_nothing_that_was_not_uploaded_is_deleted(tmp_path: Path) -> None:
    with Spool(tmp_path, QuotaPolicy(max_bytes=30)) as spool:
        three = fill(spool, 3)
        with pytest.raises(SpoolFull, match="PI_RECORDER_DROP_OLDEST_QUEUED"):
            fill(spool, 1, first=3)
        assert spool.queued() == three
        spool.confirm(three[0])
        [fourth] = fill(spool, 1, first=3)
        assert spool.queued() == [*three[1:], fourth]
        assert spool.state().lost_s == 0


def test_what_is_being_sent_is_not_dropped(tmp_path: Path) -> None:
    with Spool(tmp_path, QuotaPolicy(max_bytes=20, drop_oldest_queued=True)) as spool:
        sent, other = fill(spool, 2)
        with spool.held(sent):
            [third] = fill(spool, 1, first=2)
        assert spool.queued() == [sent, third]
        assert not other.path.exists()


def test_nothing_is_dropped_where_that_does_not_help(tmp_path: Path) -> None:
    """Another program fills the disk: deleting video would free too little, so none is deleted."""
    free = shutil.disk_usage(tmp_path).free
    limits = QuotaPolicy(min_free_bytes=free + 10**9, keep_uploaded=True, drop_oldest_queued=True)
    with Spool(tmp_path) as spool:
        three = fill(spool, 3)
    with Spool(tmp_path, limits) as spool:
        spool.confirm(three[0])
        with pytest.raises(SpoolFull, match="stay free"):
            fill(spool, 1, first=3)
        assert len(spool.queued()) == 2
        assert spool.state().uploaded == 1


def test_confirmed_segments_are_deleted_unless_they_are_to_be_kept(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        [segment] = fill(spool, 1)
        spool.confirm(segment)
        assert not segment.path.exists()
    with Spool(tmp_path, QuotaPolicy(keep_uploaded=True)) as spool:
        [segment] = fill(spool, 1)
        spool.confirm(segment)
        assert not spool.queued()
    with Spool(tmp_path, QuotaPolicy(keep_uploaded=True)) as again:
        assert (again.state().uploaded, again.state().uploaded_bytes) == (1, 10)
        assert not again.queued()


def test_losses_are_counted_over_restarts(tmp_path: Path) -> None:
    limits = QuotaPolicy(max_bytes=20, drop_oldest_queued=True)
    for number in range(4):
        with Spool(tmp_path, limits) as spool:
            fill(spool, 2, first=2 * number)
    with Spool(tmp_path) as spool:
        assert spool.state().dropped_s == 60
        assert len(spool.queued()) == 2


def test_a_drop_that_a_kill_cut_off_is_done_by_the_next_start_and_counted_once(
    tmp_path: Path,
) -> None:
    with Spool(tmp_path, QuotaPolicy(max_bytes=20, drop_oldest_queued=True)) as spool:
        first, *_ = fill(spool, 3)
    first.path.write_bytes(CONTENT)  # written down, and not deleted yet
    with Spool(tmp_path) as again:
        assert first not in again.queued()
        assert again.state().dropped_s == 10
    assert not first.path.exists()


def test_a_partial_line_of_the_loss_journal_is_ignored(tmp_path: Path) -> None:
    with Spool(tmp_path, QuotaPolicy(max_bytes=20, drop_oldest_queued=True)) as spool:
        fill(spool, 4)
    path = tmp_path / "losses.jsonl"
    path.write_bytes(path.read_bytes()[:-9])
    for _ in range(2):
        with Spool(tmp_path, QuotaPolicy(max_bytes=20, drop_oldest_queued=True)) as spool:
            assert spool.state().dropped_s == 10
    with Spool(tmp_path, QuotaPolicy(max_bytes=20, drop_oldest_queued=True)) as spool:
        fill(spool, 1, first=4)
        assert spool.state().dropped_s == 20


def test_many_losses_take_little_space_and_stay_counted(tmp_path: Path) -> None:
    lines = [
        Loss(kind=LossKind.DROPPED, at=NOON, seconds=10, segment=f"{number}.mp4")
        for number in range(1100)
    ]
    text = "".join(line.model_dump_json() + "\n" for line in lines)
    (tmp_path / "losses.jsonl").write_text(text)
    with Spool(tmp_path) as spool:
        assert spool.state().dropped_s == 11000
    assert len(read_losses(tmp_path / "losses.jsonl")) < 250
    with Spool(tmp_path) as spool:
        assert spool.state().dropped_s == 11000


# Recording


@pytest.fixture
def events() -> Events:
    return Events()


def recording(spool: Spool, events: Events, seconds: float) -> Iterator[SegmentRecorded | None]:
    """Film at 25 frames a second; yield the segments that each frame ended."""
    allocator = SegmentAllocator(spool, events.append)
    writer = SegmentWriter(allocator, segment_s=1)
    frames = FakeCamera(itertools.repeat(Show(0.04)), started_at=NOON).frames(Event())
    for frame in itertools.islice(frames, round(seconds * 25)):
        yield writer.write(frame)
    yield writer.finish()
    allocator.close()


def test_without_free_space_recording_pauses_and_resumes(tmp_path: Path, events: Events) -> None:
    with Spool(tmp_path, QuotaPolicy(max_bytes=20_000)) as spool:
        recorded = []
        for number, one in enumerate(recording(spool, events, 20)):
            recorded += [one] if one else []
            if number == 400:
                assert events.of(RecordingPaused)
                assert spool.state().paused
                while spool.queued():
                    spool.confirm(spool.queued()[0])
        [resumed] = events.of(RecordingResumed)
        total_s = sum(one.segment.duration_ms for one in recorded) / 1000
        assert total_s + resumed.lost_s == pytest.approx(20, abs=0.005)
        assert spool.state().paused_s == pytest.approx(resumed.lost_s)
        assert not spool.state().paused


def test_a_pause_at_the_end_is_counted_up_to_the_last_frame(tmp_path: Path, events: Events) -> None:
    with Spool(tmp_path, QuotaPolicy(max_bytes=10_000)) as spool:
        recorded = [one for one in recording(spool, events, 20) if one]
        [resumed] = events.of(RecordingResumed)
        total_s = sum(one.segment.duration_ms for one in recorded) / 1000
        assert total_s + resumed.lost_s == pytest.approx(20, abs=0.005)
    with Spool(tmp_path) as again:
        assert again.state().paused_s == pytest.approx(resumed.lost_s)


def test_a_pause_that_a_kill_ended_counts_until_the_next_start(
    tmp_path: Path, events: Events
) -> None:
    with Spool(tmp_path, QuotaPolicy(max_bytes=10_000)) as spool:
        filming = recording(spool, events, 20)
        for _ in filming:
            if events.of(RecordingPaused):
                break
        begun = read_losses(tmp_path / "losses.jsonl")[-1]
        assert begun.seconds is None
    with Spool(tmp_path) as again:
        ended = read_losses(tmp_path / "losses.jsonl")[-1]
        assert (ended.kind, ended.at) == (LossKind.PAUSED, begun.at)
        assert ended.seconds
        assert again.state().paused_s == ended.seconds
        assert not again.state().paused
