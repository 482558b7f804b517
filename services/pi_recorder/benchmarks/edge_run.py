"""Part of ``edge``: films a clip in one mode, and keeps what happened when."""

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
from pi_recorder.settings.choices import RecognitionMode
from pi_recorder.settings.schema import Settings
from pi_recorder.spool import Spool


@dataclass(frozen=True, slots=True)
class Told:
    """An event and when it was told."""

    at: datetime
    event: Event


@dataclass(frozen=True, slots=True)
class Sums:
    """One run in figures; latencies are the recorder's own, of each visit's first request."""

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
    """Everything that one run told."""

    mode: RecognitionMode
    told: list[Told] = field(default_factory=list)

    @property
    def begun_at(self) -> datetime:
        """When the clip's first frame was captured."""
        starts = [
            t.event.segment.started_at for t in self.told if isinstance(t.event, SegmentRecorded)
        ]
        return min(starts)

    def seen(self) -> list[Seen]:
        """What was followed, look by look."""
        return [told.event for told in self.told if isinstance(told.event, Seen)]

    def ended(self) -> list[VisitEnded]:
        """Return the visits."""
        return [told.event for told in self.told if isinstance(told.event, VisitEnded)]

    def named(self) -> list[tuple[datetime, VisitNamed]]:
        """Each line that was printed about a visit, and when."""
        return [(told.at, told.event) for told in self.told if isinstance(told.event, VisitNamed)]

    def summary(self) -> Sums:
        """Return the run in figures."""
        ended = self.ended()
        states = [visit.state for visit in ended]
        first: dict[str, float] = {}
        for _, named in self.named():
            first.setdefault(named.track, named.latency_s)
        latencies = sorted(first.values())
        return Sums(
            visits=len(ended),
            requests=sum(isinstance(told.event, Answered | Unanswered) for told in self.told),
            most_requests=max((visit.requests for visit in ended), default=0),
            named=states.count(TrackState.MATCH),
            unknown=states.count(TrackState.UNKNOWN),
            uncertain=states.count(TrackState.UNCERTAIN),
            unseen=states.count(TrackState.UNSEEN),
            latency_median_s=statistics.median(latencies) if latencies else None,
            latency_p95_s=percentile(latencies, 0.95) if latencies else None,
        )


def film(clip: Path, mode: RecognitionMode, url: str, token: str) -> Run:
    """Return the whole recorder, with a spool of its own, at the clip's own pace."""
    run = Run(mode)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            url=url, token=SecretStr(token), spool_dir=Path(folder), recognition_mode=mode
        )

        def publish(event: Event) -> None:
            run.told.append(Told(datetime.now(UTC), event))

        with (
            Spool(settings.spool_dir) as spool,
            recorder_for(settings, FileCamera(clip), spool, publish) as recorder,
        ):
            failures = recorder.run()
    if failures:
        raise RuntimeError("; ".join(failures))
    return run


def percentile(ordered: Sequence[float], share: float) -> float:
    """Nearest rank."""
    return ordered[math.ceil(share * len(ordered)) - 1]
