"""Recognize visits afterwards that an outage left without an answer, from their segments.

While the recognizer is away, each segment is opened as soon as it is finished: an open file stays
readable even when the uploader deletes it. For a visit that ends without an answer, the time of its
best shot is kept. When no current face is worth a request, that frame is decoded again and sent.
The number of segments and visits is limited, and each visit has one request; older ones are given
up, and so is everything that is left when the recorder stops.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import BinaryIO, Final

import av

from facecore.contract import Box
from pi_recorder.events import Event, Publish, SegmentRecorded, TrackState, VisitNamed
from pi_recorder.recognition.connection import Connection
from pi_recorder.recognition.face import FaceFinder, Followed
from pi_recorder.recognition.sending import RecognitionRequest
from pi_recorder.recognition.visit_state import Visit, matched
from pi_recorder.recognition.vote_aggregation import VoteAggregator
from pi_recorder.spool import Segment

_MOST_SEGMENTS: Final = 60
_MOST_VISITS: Final = 30
_SAME_FRAME: Final = timedelta(milliseconds=2)
"""Tolerance for a frame's time, because a segment has a time base of 1/90,000 second."""


class _GaveWay(Exception):
    """A current face is worth a request, which comes first."""


@dataclass(frozen=True, slots=True)
class _Missed:
    """A visit without an answer, with its best shot."""

    track: str
    first_at: float
    captured_at: datetime
    box: Box
    score: float


class Replay:
    """Replays visits without an answer. Thread-safe: three threads use it."""

    def __init__(self, finder: FaceFinder, connection: Connection, publish: Publish) -> None:
        self._finder = finder
        self._connection = connection
        self._publish = publish
        self._missed: deque[_Missed] = deque(maxlen=_MOST_VISITS)
        self._segments: deque[tuple[Segment, BinaryIO]] = deque()
        self._lock = Lock()

    def on_event(self, event: Event) -> None:
        """Open the segment if it was recorded during an outage."""
        if not isinstance(event, SegmentRecorded):
            return
        with self._lock:
            if not (self._connection.away or self._missed):
                self._close_all()
                return
            try:
                file = event.segment.path.open("rb")
            except FileNotFoundError:
                return  # uploaded and deleted already: the store is back before the recognizer
            self._segments.append((event.segment, file))
            if len(self._segments) > _MOST_SEGMENTS:
                self._segments.popleft()[1].close()

    def missed(self, visit: Visit) -> None:
        """Note a visit that ended without an answer."""
        best = visit.best
        with self._lock:
            self._missed.append(
                _Missed(visit.id, visit.first.at, best.captured_at, best.face.box, best.score)
            )

    @property
    def ready(self) -> bool:
        """Whether the segment of a missed visit is available."""
        with self._lock:
            return any(self._segment(one) for one in self._missed)

    def one(self, give_way: Callable[[], bool]) -> None:
        """Send a request about one missed visit, unless ``give_way`` becomes true before."""
        with self._lock:
            found = next(((one, s) for one in self._missed if (s := self._segment(one))), None)
        if found is None:
            return
        missed, segment = found
        try:
            picture = _frame(*segment, missed.captured_at, give_way)
        except _GaveWay:
            return
        if picture is None or self._request(missed, picture):
            with self._lock:
                if missed in self._missed:
                    self._missed.remove(missed)

    def close(self) -> None:
        """Give up the visits that are left."""
        with self._lock:
            self._missed.clear()
            self._close_all()

    def _request(self, missed: _Missed, picture: av.VideoFrame) -> bool:
        """Return whether there was an answer."""
        faces = self._finder.find(picture)
        followed = (Followed(missed.track, missed.box),)
        request = RecognitionRequest(picture, missed.captured_at, missed.first_at, faces, followed)
        answer = self._connection.send(request)
        if answer is None:
            return False
        [face] = matched([missed.box], answer)
        vote = VoteAggregator()
        if face is not None:
            vote.add(face, missed.score, missed.captured_at)
        verdict = vote.verdict()
        if verdict.state is not TrackState.UNSEEN:
            latency_s = time.monotonic() - missed.first_at
            self._publish(
                VisitNamed(
                    missed.track,
                    missed.captured_at,
                    verdict.state,
                    verdict.person,
                    verdict.similarity,
                    latency_s,
                    late=True,
                )
            )
        return True

    def _segment(self, missed: _Missed) -> tuple[Segment, BinaryIO] | None:
        for segment, file in self._segments:
            end = segment.started_at + timedelta(milliseconds=segment.duration_ms)
            if segment.started_at <= missed.captured_at < end:
                return segment, file
        return None

    def _close_all(self) -> None:
        while self._segments:
            self._segments.popleft()[1].close()


def _frame(
    segment: Segment, file: BinaryIO, at: datetime, give_way: Callable[[], bool]
) -> av.VideoFrame | None:
    """Decode the frame captured at ``at``; None if it can't be read. Raises ``_GaveWay``."""
    offset = at - segment.started_at - _SAME_FRAME
    file.seek(0)
    try:
        with av.open(file, "r") as container:
            container.seek(max(0, offset // timedelta(microseconds=1)))  # to a key frame before
            for picture in container.decode(video=0):
                if give_way():
                    raise _GaveWay
                if picture.time >= offset / timedelta(seconds=1):
                    return picture
    except (av.FFmpegError, OSError):  # damaged on the disk; the uploader reports it
        return None
    return None
