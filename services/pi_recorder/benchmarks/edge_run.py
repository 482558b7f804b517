"""Film a clip in one mode for ``edge``, and keep all events with their times."""

from __future__ import annotations

import math
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from pi_recorder.bootstrap import recorder_for
from pi_recorder.capture.cameras.file import FileCamera
from pi_recorder.events import (
    Answered,
    Event,
    Seen,
    SegmentRecorded,
    TrackState,
    Unanswered,
    VisitEnded,
    VisitNamed,
)
from pi_recorder.settings.schema import Settings
from pi_recorder.settings.values import RecognitionMode
from pi_recorder.spool import Spool


@dataclass(frozen=True, slots=True)
class PublishedEvent:
    """An event and the time of its publication."""

    at: datetime
    event: Event


@dataclass(frozen=True, slots=True)
class Sums:
    """The figures of one run; latencies are the recorder's own, to each visit's first name."""

    visits: int
    requests: int
    most_requests: int
    named: int
    unknown: int
    uncertain: int
    unseen: int
    latency_median_s: float | None
    latency_p95_s: float | None


@dataclass(slots=True)
class Run:
    """All events of one run."""

    mode: RecognitionMode
    published: list[PublishedEvent] = field(default_factory=list)

    @property
    def begun_at(self) -> datetime:
        """When the clip's first frame was captured."""
        starts = [
            item.event.segment.started_at
            for item in self.published
            if isinstance(item.event, SegmentRecorded)
        ]
        return min(starts)

    def seen(self) -> list[Seen]:
        """Return the followed faces, by observation."""
        return [item.event for item in self.published if isinstance(item.event, Seen)]

    def ended(self) -> list[VisitEnded]:
        """Return the visits that ended."""
        return [item.event for item in self.published if isinstance(item.event, VisitEnded)]

    def named(self) -> list[tuple[datetime, VisitNamed]]:
        """Return each decision about a visit, with its time."""
        return [
            (item.at, item.event) for item in self.published if isinstance(item.event, VisitNamed)
        ]

    def summary(self) -> Sums:
        """Return the figures of the run."""
        ended = self.ended()
        states = [visit.state for visit in ended]
        first: dict[str, float] = {}
        for _, named in self.named():
            first.setdefault(named.track, named.latency_s)
        latencies = sorted(first.values())
        return Sums(
            visits=len(ended),
            requests=sum(isinstance(item.event, Answered | Unanswered) for item in self.published),
            most_requests=max((visit.requests for visit in ended), default=0),
            named=states.count(TrackState.MATCH),
            unknown=states.count(TrackState.UNKNOWN),
            uncertain=states.count(TrackState.UNCERTAIN),
            unseen=states.count(TrackState.UNSEEN),
            latency_median_s=statistics.median(latencies) if latencies else None,
            latency_p95_s=percentile(latencies, 0.95) if latencies else None,
        )


def film(clip: Path, mode: RecognitionMode, url: str, token: str) -> Run:
    """Run the whole recorder on a clip at its own pace, with a spool of its own."""
    run = Run(mode)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            url=url, token=SecretStr(token), spool_dir=Path(folder), recognition_mode=mode
        )

        def publish(event: Event) -> None:
            run.published.append(PublishedEvent(datetime.now(UTC), event))

        with (
            Spool(settings.spool_dir) as spool,
            recorder_for(settings, FileCamera(clip), spool, publish) as recorder,
        ):
            failures = recorder.run()
    if failures:
        raise RuntimeError("; ".join(failures))
    return run


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the percentile of sorted values by nearest rank."""
    return ordered[math.ceil(share * len(ordered)) - 1]
