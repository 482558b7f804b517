"""Where others can look, and what is told to them."""

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
    """The recognizer takes no reports of how this recorder fares; it is asked again in an hour."""

    reason: str


@dataclass(frozen=True, slots=True)
class TracksNotTaken:
    """The recognizer takes no visits' ways through the picture; it is asked again in an hour."""

    reason: str


@dataclass(frozen=True, slots=True)
class TracksLost:
    """So many visits' ways could not be told; of those, a video shows names now and then only."""

    count: int


@dataclass(frozen=True, slots=True)
class OutletAway:
    """What is told to others can't be delivered: the outlet is ``webhook``, ``mqtt`` or a file."""

    outlet: str
    reason: str


@dataclass(frozen=True, slots=True)
class OutletBack:
    """The first delivery afterwards; so many events were lost meanwhile."""

    outlet: str
    away_s: float
    lost: int
