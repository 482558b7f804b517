"""Part of the console's benchmarks: one camera's recording, and the trajectories of its faces."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import av

from facecore.contract import Track, TrackBox, VideoAnnouncement
from pi_recorder.capture.cameras.base import Frame
from pi_recorder.capture.cameras.demo import demo_clip
from pi_recorder.recording.segments import SegmentWriter
from pi_recorder.spool import Spool
from recognizer.adapters.sqlite.opening import LocalStores
from recognizer.domain.ports import Tracks
from recognizer.use_cases.videos import Recordings
from services.recognizer.benchmarks.console_visits import BOX, HEIGHT, WIDTH, Visit

FILMING = "door"
"""The only camera that has sent video."""
SEGMENTS = 180
_SEGMENT = timedelta(seconds=10)
FILMED = SEGMENTS * _SEGMENT
"""Until now."""
_BOXES = 20
_MS = timedelta(milliseconds=1)
_BEFORE, _BEHIND = timedelta(seconds=0.5), timedelta(seconds=3.5)
"""How long a face is visible before its first request, and after its last one."""


def record(stores: LocalStores, numbers: Iterable[int], prefix: str, now: datetime) -> None:
    """Announces and uploads these segments; number 0 has just ended."""
    recordings = Recordings(stores.videos, stores.video_store, prefix)
    files = _segments()
    for number in numbers:
        data = files[number % len(files)]
        announcement = VideoAnnouncement(
            started_at=now - (number + 1) * _SEGMENT,
            duration_ms=_SEGMENT // _MS,
            size_bytes=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
        )
        video = stores.videos.get(recordings.announce(FILMING, announcement).ticket.key)
        receiver = stores.video_store.receive(video)
        try:
            receiver.write(data)
            receiver.finish()
        finally:
            receiver.close()
        stores.videos.mark_stored(video.key)


def _segments() -> list[bytes]:
    """Return the segments of the demo's clip, without the last one, which is short."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    with TemporaryDirectory() as folder, Spool(Path(folder)) as spool:
        writer = SegmentWriter(spool, segment_s=_SEGMENT.total_seconds())
        with av.open(demo_clip()) as clip:
            times = ((frame, timedelta(seconds=frame.time or 0)) for frame in clip.decode(video=0))
            written = [writer.write(Frame(frame, start + time)) for frame, time in times]
        writer.finish()
        return [done.segment.path.read_bytes() for done in written if done is not None]


def follow(tracks: Tracks, visits: Iterable[Visit]) -> None:
    """Store the trajectory of each visit's face: from left to right."""
    for visit in visits:
        tracks.put(_track(visit))


def _track(visit: Visit) -> Track:
    ended_at = visit.began_at + _BEHIND
    return Track(
        device=visit.device,
        track=visit.track,
        received_at=ended_at,
        started_at=visit.began_at - _BEFORE,
        ended_at=ended_at,
        frame_width=WIDTH,
        frame_height=HEIGHT,
        boxes=[_box(number) for number in range(_BOXES)],
    )


def _box(number: int) -> TrackBox:
    offset = number * (_BEFORE + _BEHIND) / (_BOXES - 1)
    return TrackBox(
        offset_ms=offset // _MS, x=BOX.x + number, y=BOX.y, width=BOX.width, height=BOX.height
    )
