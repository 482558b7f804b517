"""The clocks: the time of day, and one that nobody sets. Tests pass their own."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

Clock = Callable[[], datetime]
Monotonic = Callable[[], float]

_NEVER_SET: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def utc_now() -> datetime:
    """Return the time now, in UTC. A person or a time server may set it forward or back."""
    return datetime.now(UTC)


def monotonic_s() -> float:
    """Return the seconds since some fixed moment, by a clock that nobody sets.

    On Linux it runs while the machine is suspended. It stands still while a virtual machine is
    frozen, as AWS Lambda freezes its own between two requests.
    """
    return time.clock_gettime(_NEVER_SET)


@dataclass(frozen=True, slots=True)
class Reading:
    """Both clocks, read at one moment."""

    time: datetime
    monotonic_s: float

    def elapsed_s(self, since: Reading) -> float:
        """Return the seconds since an earlier reading, by the clock that went further.

        So a clock that stood still hides no time. If the time of day was set back, the elapsed
        time is not known and infinity is returned: what is done "at most once a minute" is then
        done once more.
        """
        if self.time < since.time:
            return math.inf
        by_day = (self.time - since.time).total_seconds()
        return max(by_day, self.monotonic_s - since.monotonic_s)


@dataclass(frozen=True, slots=True)
class Clocks:
    """Both clocks of a process."""

    now: Clock = utc_now
    monotonic: Monotonic = monotonic_s

    def read(self) -> Reading:
        """Read both clocks."""
        return Reading(self.now(), self.monotonic())
