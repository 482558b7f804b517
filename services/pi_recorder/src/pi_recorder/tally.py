"""Counts the events of one run, for its summary."""

from __future__ import annotations

import math
import statistics
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from facecore.contract import Decision, RecognizedFace
from pi_recorder.events import (
    Answered,
    Event,
    FramesDropped,
    SegmentRecorded,
    SegmentUploaded,
    Unanswered,
)

_KEPT_LATENCIES = 10_000
"""The latest hour or two: a recorder that runs for a year must not grow."""


@dataclass(frozen=True, slots=True)
class PersonSeen:
    """A person who was recognized: in how many answers, and the best similarity (a cosine)."""

    label: str
    name: str
    count: int
    best_similarity: float


@dataclass(frozen=True, slots=True)
class Summary:
    """What one run did. Latencies are seconds from capture to answer; None without any answer."""

    frames: int
    frames_dropped: int
    recorded_s: float
    segments_recorded: int
    segments_uploaded: int
    segments_left: int
    asked: int
    answered: int
    late: int
    people: Sequence[PersonSeen]
    unknown: int
    uncertain: int
    latency_median_s: float | None
    latency_p95_s: float | None

    def unfinished(self) -> list[str]:
        """What a run that ended by itself should not leave undone, a sentence each."""
        found = []
        if self.segments_left:
            found.append(f"{self.segments_left} segments are left; the next run uploads them")
        if self.asked and not self.answered:
            found.append("recognition never answered")
        return found


class Tally:
    """Listens to every event, from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[str] = Counter()
        self._people: dict[str, PersonSeen] = {}
        self._latencies: deque[float] = deque(maxlen=_KEPT_LATENCIES)

    def add(self, event: Event) -> None:
        """Counts one event."""
        with self._lock:
            match event:
                case Answered():
                    self._answered(event)
                case Unanswered():
                    self._counts["unanswered"] += 1
                case SegmentRecorded(segment, frames):
                    self._counts["segments"] += 1
                    self._counts["frames"] += frames
                    self._counts["recorded_ms"] += segment.duration_ms
                case SegmentUploaded():
                    self._counts["uploaded"] += 1
                case FramesDropped(count):
                    self._counts["dropped"] += count
                case _:
                    pass

    def summary(self, *, segments_left: int) -> Summary:
        """What has been counted so far."""
        with self._lock:
            counts, latencies = self._counts, sorted(self._latencies)
            return Summary(
                frames=counts["frames"],
                frames_dropped=counts["dropped"],
                recorded_s=counts["recorded_ms"] / 1000,
                segments_recorded=counts["segments"],
                segments_uploaded=counts["uploaded"],
                segments_left=segments_left,
                asked=counts["answered"] + counts["unanswered"],
                answered=counts["answered"],
                late=counts["late"],
                people=sorted(self._people.values(), key=lambda seen: seen.name),
                unknown=counts[Decision.UNKNOWN],
                uncertain=counts[Decision.UNCERTAIN],
                latency_median_s=statistics.median(latencies) if latencies else None,
                latency_p95_s=_percentile(latencies, 0.95) if latencies else None,
            )

    def _answered(self, event: Answered) -> None:
        self._counts["answered"] += 1
        self._counts["late"] += event.late
        self._latencies.append(event.latency_s)
        for face in event.recognition.faces:
            if face.quality.accepted:
                self._counts[face.decision] += 1
                self._saw(face)

    def _saw(self, face: RecognizedFace) -> None:
        if face.person is None or face.similarity is None:
            return
        person = face.person
        before = self._people.get(person.label)
        self._people[person.label] = PersonSeen(
            person.label,
            person.name,
            before.count + 1 if before else 1,
            max(before.best_similarity, face.similarity) if before else face.similarity,
        )


def _percentile(ordered: Sequence[float], share: float) -> float:
    """Nearest rank: the least value that so large a share does not exceed."""
    return ordered[math.ceil(share * len(ordered)) - 1]
