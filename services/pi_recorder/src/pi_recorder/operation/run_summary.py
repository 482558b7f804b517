"""Count the events of one run, for its summary."""

from __future__ import annotations

import math
import statistics
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from pi_recorder.events import (
    Answered,
    Event,
    FramesDropped,
    SegmentRecorded,
    SegmentUploaded,
    TrackState,
    Unanswered,
    VisitEnded,
    VisitNamed,
)

_KEPT_LATENCIES = 10_000
"""The latest hour or two, so that memory stays bounded."""

_KEPT_UNSEEN = 100
"""The latest visits without an answer, which a replay may name afterwards."""


@dataclass(frozen=True, slots=True)
class PersonSeen:
    """A recognized person, with the number of visits and the best similarity (a cosine)."""

    label: str
    name: str
    count: int
    best_similarity: float


@dataclass(frozen=True, slots=True)
class RunSummary:
    """The counts of one run.

    Latencies are seconds from capture to answer; None without any answer. People, ``unknown``,
    ``uncertain`` and ``unseen`` (never answered) count visits.
    """

    frames: int
    frames_dropped: int
    recorded_s: float
    segments_recorded: int
    segments_uploaded: int
    segments_left: int
    requests: int
    answered: int
    late: int
    visits: int
    people: Sequence[PersonSeen]
    unknown: int
    uncertain: int
    unseen: int
    latency_median_s: float | None
    latency_p95_s: float | None

    def unfinished(self) -> list[str]:
        """Return a sentence for each thing that a run should not leave undone."""
        found = []
        if self.segments_left:
            found.append(f"{self.segments_left} segments are left; the next run will upload them")
        if self.requests and not self.answered:
            found.append("the recognizer never answered")
        return found


class RunCounters:
    """Counters of the events of one run; thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[str] = Counter()
        self._people: dict[str, PersonSeen] = {}
        self._unseen: deque[str] = deque(maxlen=_KEPT_UNSEEN)
        self._latencies: deque[float] = deque(maxlen=_KEPT_LATENCIES)

    def add(self, event: Event) -> None:
        """Count one event."""
        with self._lock:
            match event:
                case Answered():
                    self._answered(event)
                case Unanswered():
                    self._counts["unanswered"] += 1
                case VisitEnded():
                    self._ended(event)
                case VisitNamed():
                    self._named_afterwards(event)
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

    def summary(self, *, segments_left: int) -> RunSummary:
        """Return the summary of the events so far."""
        with self._lock:
            counts, latencies = self._counts, sorted(self._latencies)
            return RunSummary(
                frames=counts["frames"],
                frames_dropped=counts["dropped"],
                recorded_s=counts["recorded_ms"] / 1000,
                segments_recorded=counts["segments"],
                segments_uploaded=counts["uploaded"],
                segments_left=segments_left,
                requests=counts["answered"] + counts["unanswered"],
                answered=counts["answered"],
                late=counts["late"],
                visits=counts["visits"],
                people=sorted(self._people.values(), key=lambda seen: seen.name),
                unknown=counts[TrackState.UNKNOWN],
                uncertain=counts[TrackState.UNCERTAIN],
                unseen=counts[TrackState.UNSEEN],
                latency_median_s=statistics.median(latencies) if latencies else None,
                latency_p95_s=percentile(latencies, 0.95) if latencies else None,
            )

    def _answered(self, event: Answered) -> None:
        self._counts["answered"] += 1
        self._counts["late"] += event.late
        self._latencies.append(event.latency_s)

    def _ended(self, visit: VisitEnded) -> None:
        self._counts["visits"] += 1
        if visit.state is TrackState.UNSEEN:
            self._unseen.append(visit.track)
        self._said(visit)

    def _named_afterwards(self, event: VisitNamed) -> None:
        """Count the new state of a visit that ended without an answer."""
        if event.track in self._unseen:
            self._unseen.remove(event.track)
            self._counts[TrackState.UNSEEN] -= 1
            self._said(event)

    def _said(self, visit: VisitEnded | VisitNamed) -> None:
        self._counts[visit.state] += 1
        if visit.person is None or visit.similarity is None:
            return
        person = visit.person
        before = self._people.get(person.label)
        self._people[person.label] = PersonSeen(
            person.label,
            person.name,
            before.count + 1 if before else 1,
            max(before.best_similarity, visit.similarity) if before else visit.similarity,
        )


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the percentile by nearest rank: the least value not exceeded by ``share``."""
    return ordered[math.ceil(share * len(ordered)) - 1]
