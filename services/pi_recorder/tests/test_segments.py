"""Every frame that was captured is in exactly one segment, and the segments have no gap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from threading import Event

import av
import pytest

from pi_recorder.capture.cameras.base import nal_units
from pi_recorder.errors import RecordingError
from pi_recorder.events import SegmentRecorded
from pi_recorder.recording.segments import SegmentWriter
from pi_recorder.spool import Spool
from pi_recorder.testing import FakeCamera, Jump, Show, Step
from services.pi_recorder.tests.conftest import NOON, numbers


def record(
    spool: Spool,
    script: Sequence[Step],
    *,
    segment_s: float = 1.0,
    key_every: int | None = None,
    kbps: int | None = None,
) -> list[SegmentRecorded]:
    writer = SegmentWriter(spool, segment_s=segment_s, kbps=kbps)
    frames = FakeCamera(script, started_at=NOON, key_every=key_every).frames(Event())
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


def test_what_the_camera_encoded_is_cut_on_its_key_frames(spool: Spool) -> None:
    """A key frame every 0.6 s, so a segment of 1 s ends after 1.2 s."""
    recorded = record(spool, [Show(1 / 10)] * 40, key_every=6)
    assert [one.frames for one in recorded] == [12, 12, 12, 4]
    assert [one.segment.duration_ms for one in recorded] == [1200, 1200, 1200, 400]
    assert [n for one in recorded for n in numbers(one.segment.path)] == list(range(40))


def test_what_the_camera_encoded_is_not_encoded_again(spool: Spool) -> None:
    camera = FakeCamera([Show(1 / 10)] * 10, started_at=NOON, key_every=5)
    units = [frame.encoded for frame in camera.frames(Event()) if frame.encoded]
    writer = SegmentWriter(spool, segment_s=60)
    for unit in units:
        writer.write(unit)
    done = writer.finish()
    assert done
    with av.open(done.segment.path) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    for packet, unit in zip(packets, units, strict=True):
        *_, picture = nal_units(unit.data)
        # In MP4 each unit has its length before it, where Annex B has a start code.
        assert bytes(packet).endswith(len(picture).to_bytes(4, "big") + picture)
    assert [packet.is_keyframe for packet in packets] == [unit.is_key for unit in units]


def test_a_video_that_does_not_begin_with_a_key_frame_is_refused(spool: Spool) -> None:
    _, second = FakeCamera([Show()] * 2, key_every=5).frames(Event())
    with pytest.raises(RecordingError, match="does not begin with a key frame"):
        SegmentWriter(spool, segment_s=1).write(second)


@pytest.mark.parametrize(
    "key_every",
    [
        None,
        pytest.param(1, marks=pytest.mark.exhaustive),
        pytest.param(7, marks=pytest.mark.exhaustive),
    ],
)
def test_the_index_stands_at_the_front(spool: Spool, key_every: int | None) -> None:
    """A browser plays it without reading the end first, also with the most frames that fit."""
    uneven = [Show(0.004 + 0.001 * (number % 2)) for number in range(3000)]
    recorded = record(spool, uneven, segment_s=10, key_every=key_every)
    for one in recorded:
        kinds = boxes(one.segment.path)
        assert kinds[:2] == ["ftyp", "moov"]
        assert set(kinds[2:]) == {"free", "mdat"}
    assert sum(one.frames for one in recorded) == 3000
    assert len(recorded) > 1  # 210 frames a second: the segment ended because the index was full


@pytest.mark.parametrize("key_every", [None, 10])
def test_at_every_moment_a_player_finds_what_is_there(
    spool: Spool, tmp_path: Path, key_every: int | None
) -> None:
    writer = SegmentWriter(spool, segment_s=60)
    torn = tmp_path / "torn.mp4"
    for count, frame in enumerate(
        FakeCamera([Show(1 / 10)] * 60, key_every=key_every).frames(Event())
    ):
        writer.write(frame)
        if count >= 25:
            [part] = (tmp_path / "spool").glob("*.part")
            torn.write_bytes(part.read_bytes())
            assert len(numbers(torn)) >= count - 11


def test_time_that_runs_back_begins_another_segment(spool: Spool) -> None:
    recorded = record(spool, [*[Show(0.1)] * 5, Jump(-3600), *[Show(0.1)] * 5], segment_s=10)
    assert [one.frames for one in recorded] == [5, 5]
    assert [one.segment.duration_ms for one in recorded] == [500, 500]


def test_the_bitrate_can_be_bounded(spool: Spool) -> None:
    script = [Show(1 / 10, 640, 480)] * 50
    [free] = record(spool, script, segment_s=60)
    [bounded] = record(spool, [Jump(100), *script], segment_s=60, kbps=100)
    assert bounded.segment.path.stat().st_size < free.segment.path.stat().st_size


def boxes(path: Path) -> list[str]:
    """Return the names of an MP4 file's outer boxes (ISO/IEC 14496-12, 4.2)."""
    data, at, found = path.read_bytes(), 0, []
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        found.append(data[at + 4 : at + 8].decode())
        at += size if size > 1 else int.from_bytes(data[at + 8 : at + 16], "big")
    return found
