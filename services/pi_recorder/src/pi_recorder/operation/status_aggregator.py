"""Aggregate the events into the current status, in bounded memory."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock

from facecore.contract import PartState
from pi_recorder.capture.latest_frame import LatestFrame, NumberedFrame
from pi_recorder.events import (
    Answered,
    CameraAway,
    CameraBack,
    Event,
    FramesDropped,
    LivePageReady,
    RecognitionAway,
    RecognitionBack,
    RecognitionPaused,
    RecognitionResumed,
    Seen,
    SegmentRecorded,
    SegmentRefused,
    SegmentUploaded,
    TrackedFace,
    Unanswered,
    UploadsAway,
    UploadsBack,
    VisitBegan,
    VisitEnded,
    VisitNamed,
)
from pi_recorder.events.formatting import notice
from pi_recorder.operation.run_summary import percentile
from pi_recorder.operation.status import (
    Counts,
    Disk,
    Face,
    Latency,
    Notice,
    Part,
    Person,
    Place,
    SpoolDisk,
    Status,
)
from pi_recorder.operation.todays_visits import TodaysVisits

_KEPT_LATENCIES = 500
_KEPT_NOTICES = 20
_FACES_GOOD_FOR_S = 3.0
"""Boxes that are older belong to people who may have left."""


def _now() -> datetime:
    return datetime.now(UTC)


class StatusAggregator:
    """Aggregates events into the status; thread-safe.

    Args:
        device: name of this recorder.
        pictures: the slot of the latest frame; only its time is read.
        now: the wall clock.
    """

    def __init__(
        self,
        device: str,
        pictures: LatestFrame,
        disk: SpoolDisk,
        *,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self._device, self._pictures, self._disk, self._now = device, pictures, disk, now
        self._lock = Lock()
        self._started_at = started_at = now()
        self._parts = {
            name: Part(state=PartState.STARTING, since=started_at)
            for name in ("camera", "recognition", "uploads")
        }
        self._paused_at: datetime | None = None
        self._answered_at: datetime | None = None
        self._seen: Seen | None = None
        self._seen_at = 0.0
        self._visits = TodaysVisits(started_at)
        self._latencies: deque[float] = deque(maxlen=_KEPT_LATENCIES)
        self._to_names: deque[float] = deque(maxlen=_KEPT_LATENCIES)
        self._notices: deque[Notice] = deque(maxlen=_KEPT_NOTICES)
        self._counts: Counter[str] = Counter()
        self._was_late = False
        self._version = 0

    @property
    def version(self) -> int:
        """A number that grows with every event; while it is the same, the status is nearly so."""
        return self._version

    def add(self, event: Event) -> None:
        """Add an event, in microseconds."""
        with self._lock:
            self._version += 1
            self._part(event)
            self._count(event)
            if isinstance(event, Seen | VisitBegan | VisitNamed | VisitEnded):
                self._visits.turn_to(self._now().astimezone())
                self._visits.follow(event)
            if not isinstance(event, LivePageReady) and (text := notice(event)):
                self._add_notice(text)

    def status(self) -> Status:
        """Return the status now."""
        disk, picture = self._disk.disk(), self._pictures.latest()
        with self._lock:
            self._visits.turn_to(self._now().astimezone())
            self._note_first_frame(picture)
            return self._status(disk, picture.frame.captured_at if picture else None)

    def camera(self) -> PartState:
        """Return the camera's state now; cheaper than the whole status."""
        with self._lock:
            self._note_first_frame(self._pictures.latest())
            return self._parts["camera"].state

    def _note_first_frame(self, picture: NumberedFrame | None) -> None:
        if picture and self._parts["camera"].state is PartState.STARTING:
            self._set("camera", PartState.ON)

    def _status(self, disk: Disk | None, pictured_at: datetime | None) -> Status:
        counts = self._counts
        return Status(
            device=self._device,
            now=self._now(),
            started_at=self._started_at,
            pictured_at=pictured_at,
            camera=self._parts["camera"],
            recognition=self._recognition(),
            answered_at=self._answered_at,
            uploads=self._parts["uploads"],
            faces=self._faces(),
            today=self._visits.today(),
            latency=self._latency(),
            disk=disk,
            counts=Counts(**{name: counts[name] for name in Counts.model_fields}),
            notices=tuple(reversed(self._notices)),
        )

    def _part(self, event: Event) -> None:
        match event:
            case CameraAway(reason):
                self._set("camera", PartState.AWAY, reason)
            case RecognitionAway(reason):
                self._set("recognition", PartState.AWAY, reason)
            case UploadsAway(reason):
                self._set("uploads", PartState.AWAY, reason)
            case CameraBack():
                self._set("camera", PartState.ON)
            case RecognitionBack() | Answered():
                self._set("recognition", PartState.ON)
            case UploadsBack() | SegmentUploaded():
                self._set("uploads", PartState.ON)
            case RecognitionPaused():
                self._paused_at = self._now()
            case RecognitionResumed():
                self._paused_at = None
            case _:
                pass

    def _set(self, name: str, state: PartState, reason: str | None = None) -> None:
        if self._parts[name].state is not state:
            self._parts[name] = Part(state=state, since=self._now(), reason=reason)

    def _recognition(self) -> Part:
        if self._paused_at is not None:
            return Part(state=PartState.PAUSED, since=self._paused_at)
        return self._parts["recognition"]

    def _count(self, event: Event) -> None:
        match event:
            case Answered():
                self._answered_at = self._now()
                self._counts["answered"] += 1
                self._latencies.append(event.latency_s)
                self._late(event)
            case VisitNamed(latency_s=latency_s, person=person) if person is not None:
                self._to_names.append(latency_s)
            case Seen():
                self._seen, self._seen_at = event, time.monotonic()
            case Unanswered():
                self._counts["unanswered"] += 1
            case SegmentRecorded():
                self._counts["segments_recorded"] += 1
            case SegmentUploaded():
                self._counts["segments_uploaded"] += 1
            case SegmentRefused():
                self._counts["segments_refused"] += 1
            case FramesDropped(count):
                self._counts["frames_dropped"] += count
            case _:
                pass

    def _late(self, answered: Answered) -> None:
        self._counts["late"] += answered.late
        if answered.late and not self._was_late:
            self._add_notice(f"answers are late, the first after {answered.latency_s:.1f} seconds")
        self._was_late = answered.late

    def _add_notice(self, text: str) -> None:
        times = 1
        if self._notices and self._notices[-1].text == text:
            times = self._notices.pop().times + 1
        self._notices.append(Notice(at=self._now(), text=text, times=times))

    def _faces(self) -> tuple[Face, ...]:
        if self._seen is None or time.monotonic() - self._seen_at > _FACES_GOOD_FOR_S:
            return ()
        width, height = self._seen.width, self._seen.height
        return tuple(_face(face, width, height) for face in self._seen.faces)

    def _latency(self) -> Latency:
        answers, names = sorted(self._latencies), sorted(self._to_names)
        return Latency(
            median_s=percentile(answers, 0.5) if answers else None,
            p95_s=percentile(answers, 0.95) if answers else None,
            name_median_s=percentile(names, 0.5) if names else None,
            late=self._counts["late"],
        )


def _face(face: TrackedFace, width: int, height: int) -> Face:
    box, place = face.box, None
    if width and height:
        place = Place(
            x=box.x / width, y=box.y / height, width=box.width / width, height=box.height / height
        )
    return Face(
        track=face.track,
        state=face.state,
        person=Person.of(face.person) if face.person else None,
        similarity=face.similarity,
        place=place,
    )
