"""Events of the live page and of the sinks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LivePageReady:
    """The live page can be opened at this address."""

    url: str


@dataclass(frozen=True, slots=True)
class LivePageAway:
    """The live page can't be served; it is retried, and everything else continues."""

    reason: str


@dataclass(frozen=True, slots=True)
class ReportsRejected:
    """The recognizer refuses this device's status; it is retried in an hour."""

    reason: str


@dataclass(frozen=True, slots=True)
class TracksRejected:
    """The recognizer refuses the visits' trajectories; they are retried in an hour."""

    reason: str


@dataclass(frozen=True, slots=True)
class TracksLost:
    """The trajectories of ``count`` visits were lost; videos show their names only now and then."""

    count: int


@dataclass(frozen=True, slots=True)
class SinkAway:
    """Events can't be delivered; the sink is ``webhook``, ``mqtt`` or the events file."""

    sink: str
    reason: str


@dataclass(frozen=True, slots=True)
class SinkBack:
    """The first delivery after ``SinkAway``; ``lost`` events were lost meanwhile."""

    sink: str
    away_s: float
    lost: int
