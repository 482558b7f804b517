"""Events of the live page and of the sinks that events and reports are sent to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LivePageReady:
    """The live page can be opened at this address."""

    url: str


@dataclass(frozen=True, slots=True)
class LivePageAway:
    """The live page can't be served; it is tried again, and everything else goes on."""

    reason: str


@dataclass(frozen=True, slots=True)
class ReportsNotTaken:
    """The recognizer refuses this device's status; it is retried in an hour."""

    reason: str


@dataclass(frozen=True, slots=True)
class TracksNotTaken:
    """The recognizer refuses the visits' trajectories; they are retried in an hour."""

    reason: str


@dataclass(frozen=True, slots=True)
class TracksLost:
    """The trajectories of so many visits were lost; a video shows their names only at times."""

    count: int


@dataclass(frozen=True, slots=True)
class OutletAway:
    """Events can't be delivered: the outlet is ``webhook``, ``mqtt`` or a file."""

    outlet: str
    reason: str


@dataclass(frozen=True, slots=True)
class OutletBack:
    """The first delivery afterwards; so many events were lost meanwhile."""

    outlet: str
    away_s: float
    lost: int
