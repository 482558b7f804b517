"""Every frame that was captured is in exactly one segment, and the segments have no gap."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from threading import Event

import av
import pytest

from pi_recorder.cameras.fake import FakeCamera, Show
from pi_recorder.errors import RecordingError
from pi_recorder.events import SegmentRecorded
from pi_recorder.segments import SegmentWriter
from pi_recorder.spool import Spool
from services.pi_recorder.tests.conftest import NOON, numbers


def record(spool: Spool, script: list[Show], *, segment_s: float = 1.0) -> list[SegmentRecorded]:
    writer = SegmentWriter(spool, segment_s=segment_s)
    frames = FakeCamera(script, started_at=NOON).frames(Event())
    recorded = [*(writer.write(frame) for frame in frames), writer.finish()]
    return [one for one in recorded if one]


def test_all_frames_are_there_once_and_in_order(spool: Spool) -> None:
    recorded = record(spool, [Show(1 / 25)] * 90)

    found = [number for one in recorded for number in numbers(one.segment.path)]
    assert found == list(range(90))
    assert [one.frames for one in recorded] == [25, 25, 25, 15]


def test_segments_follow_each_other_without_a_gap(spool: Spool) -> None:
    uneven = [Show(0.02 + 0.03 * (number % 3)) for number in range(200)]
    segments = [one.segment for one in record(spool, uneven)]

    for before, after in pairwise(segments):
        end = before.started_at + timedelta(milliseconds=before.duration_ms)
        assert abs(after.started_at - end) <= timedelta(milliseconds=1)
    total_s = sum(segment.duration_ms for segment in segments) / 1000
    assert total_s == pytest.approx(sum(show.seconds for show in uneven), abs=0.08)


def test_a_file_is_as_long_as_its_name_says(spool: Spool) -> None:
    for one in record(spool, [Show(1 / 15)] * 50):
        with av.open(one.segment.path) as container:
            assert container.duration is not None
            seconds = container.duration / av.time_base
        assert seconds == pytest.approx(one.segment.duration_ms / 1000, abs=0.002)


def test_a_browser_can_play_it(spool: Spool) -> None:
    one, *_ = record(spool, [Show(1 / 10)] * 50, segment_s=5)
    with av.open(one.segment.path) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        packets = [packet for packet in container.demux(stream) if packet.size]
    assert packets[0].is_keyframe
    assert [packet.pts for packet in packets] == [packet.dts for packet in packets]
    at = [float(p.pts * p.time_base) for p in packets if p.is_keyframe and p.pts is not None]
    assert at == pytest.approx([0.0, 2.0, 4.0], abs=0.15)  # where a player can seek to


def test_an_open_segment_plays_up_to_its_last_second(spool: Spool, tmp_path: Path) -> None:
    writer = SegmentWriter(spool, segment_s=60)
    for frame in FakeCamera([Show(1 / 10)] * 50).frames(Event()):
        writer.write(frame)
    [part] = (tmp_path / "spool").glob("*.part")
    torn = tmp_path / "torn.mp4"
    torn.write_bytes(part.read_bytes())
    found = numbers(torn)
    assert found == list(range(len(found)))
    assert len(found) >= 39


def test_another_size_begins_another_segment(spool: Spool) -> None:
    script = [Show(width=256, height=64)] * 5 + [Show(width=272, height=80)] * 5
    recorded = record(spool, script, segment_s=10)
    assert [one.frames for one in recorded] == [5, 5]
    assert [n for one in recorded for n in numbers(one.segment.path)] == list(range(10))


def test_an_odd_size_is_recorded_too(spool: Spool) -> None:
    [one] = record(spool, [Show(width=257, height=65)] * 5)
    assert numbers(one.segment.path) == list(range(5))


def test_a_single_frame_is_a_segment(spool: Spool) -> None:
    [one] = record(spool, [Show()])
    assert numbers(one.segment.path) == [0]
    assert one.segment.duration_ms > 0


def test_a_folder_that_is_gone_is_a_clear_error(spool: Spool, tmp_path: Path) -> None:
    (tmp_path / "spool" / ".lock").unlink()
    (tmp_path / "spool").rmdir()
    with pytest.raises(RecordingError, match="can't be written"):
        record(spool, [Show()])
