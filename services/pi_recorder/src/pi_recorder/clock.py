"""Time that does not jump, and how far the system's clock has moved away from it.

A Raspberry Pi has no clock that runs without power: it starts with an old time, and jumps when the
network tells it the right one. So a capture is timed by a clock that only counts, and what to add
to it is read once. When the system's clock is stepped, ``Capture`` corrects what it hands on.
"""

from __future__ import annotations

import ctypes
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

_DRIFT = 0.001
"""How much faster than ours a source's clock may run, in seconds a second."""
_LATEST_S = 10.0
_LEAST_STEP_S = 0.001
_TIME_ERROR = 5
_TIMEX_BYTES = 512
"""More than the kernel's ``struct timex`` has anywhere; zeros ask and change nothing."""
_SYNCHRONIZED = Path("/run/systemd/timesync/synchronized")


class Clock(Protocol):
    """The machine's clocks; ``SystemClock`` is the real one, ``testing.FakeClock`` the tests'."""

    def count(self) -> float:
        """Seconds on a clock that nobody can set, and that also counts while the machine sleeps."""
        ...

    def wall(self) -> datetime:
        """What the system's clock says, in UTC."""
        ...

    def synchronized(self) -> bool:
        """Whether the system's clock is known to be right."""
        ...


class SystemClock:
    """The clocks of this machine."""

    def __init__(self) -> None:
        self._adjtimex = getattr(ctypes.CDLL(None), "adjtimex", None)
        # libcamera's own clock; elsewhere than on Linux there is only the usual one.
        self._id = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

    def count(self) -> float:
        """See ``Clock``: CLOCK_BOOTTIME."""
        return time.clock_gettime(self._id)

    def wall(self) -> datetime:
        """See ``Clock``."""
        return datetime.now(UTC)

    def synchronized(self) -> bool:
        """What the kernel was told by the machine's NTP client; False if nobody can say.

        A service that may not ask the kernel (``ProtectClock=``) sees systemd-timesyncd's mark.
        """
        if self._adjtimex:
            state = self._adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
            if state >= 0:
                return bool(state != _TIME_ERROR)
        return _SYNCHRONIZED.exists()


class Timeline:
    """Moments of the clock that only counts, as UTC; it does not jump with the system's clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._zero = clock.wall() - timedelta(seconds=clock.count())

    def count(self) -> float:
        """Now, in seconds of the clock that only counts."""
        return self._clock.count()

    def at(self, count: float) -> datetime:
        """The moment of that count, in UTC."""
        return self._zero + timedelta(seconds=count)

    def now(self) -> datetime:
        """This moment, in UTC."""
        return self.at(self.count())

    def behind(self) -> timedelta:
        """How far the system's clock is ahead of it: zero until somebody sets that clock."""
        return self._clock.wall() - self.now()


class SourceTime:
    """Places a source's own time stamps on a timeline.

    It takes the frames' distances from the source, and where they are in time from their arrival.

    A frame comes late by what its way took, and never early. So the earliest arrivals tell where
    the source's zero is, and a burst after a hold-up keeps its own distances.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._zero: float | None = None
        self._arrived = 0.0
        self._last = 0.0

    def at(self, stamp_s: float | None) -> datetime:
        """When the frame that has just arrived was captured: later than the one before."""
        arrived = self._timeline.count()
        at = arrived if stamp_s is None else stamp_s + self._zero_at(arrived, arrived - stamp_s)
        self._last = max(at, self._last + _LEAST_STEP_S)
        return self._timeline.at(self._last)

    def _zero_at(self, arrived: float, zero: float) -> float:
        if self._zero is None or zero - self._zero > _LATEST_S:
            self._zero = zero  # the first one, or the source began anew
        drifted = self._zero + _DRIFT * (arrived - self._arrived)
        self._zero, self._arrived = min(zero, drifted), arrived
        return self._zero
