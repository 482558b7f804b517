"""A timeline that does not jump, and its offset from the system's clock.

A Raspberry Pi has no clock that runs without power: it starts with an old time, and jumps when NTP
sets the right one. So captures are timed by a monotonic clock, and its offset from UTC is read
once. When the system's clock is stepped, ``Capture`` corrects the times of later frames.
"""

from __future__ import annotations

import ctypes
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

_DRIFT = 0.001
"""How much faster than this machine's clock a source's may run, in seconds a second."""
_LATEST_S = 10.0
_LEAST_STEP_S = 0.001
_TIME_ERROR = 5
_TIMEX_BYTES = 512
"""More than the size of ``struct timex`` on any platform; all zeros only read the state."""
_SYNCHRONIZED = Path("/run/systemd/timesync/synchronized")


class Clock(Protocol):
    """The machine's clocks: ``SystemClock``, or ``testing.FakeClock`` in tests."""

    def count(self) -> float:
        """Return the seconds of a monotonic clock that also counts while the machine sleeps."""
        ...

    def wall(self) -> datetime:
        """Return the system's time, in UTC."""
        ...

    def synchronized(self) -> bool:
        """Return whether the system's clock is known to be right."""
        ...


class SystemClock:
    """The clocks of this machine."""

    def __init__(self) -> None:
        self._adjtimex = getattr(ctypes.CDLL(None), "adjtimex", None)
        # libcamera uses CLOCK_BOOTTIME; only Linux has it.
        self._id = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

    def count(self) -> float:
        """See ``Clock``: CLOCK_BOOTTIME."""
        return time.clock_gettime(self._id)

    def wall(self) -> datetime:
        """See ``Clock``."""
        return datetime.now(UTC)

    def synchronized(self) -> bool:
        """Return whether an NTP client has synchronized the clock; False if that is unknown.

        The kernel knows. A service that may not ask it (``ProtectClock=``) looks for the file that
        systemd-timesyncd writes.
        """
        if self._adjtimex:
            state = self._adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
            if state >= 0:
                return bool(state != _TIME_ERROR)
        return _SYNCHRONIZED.exists()


class Timeline:
    """Converts the monotonic clock to UTC; it does not jump with the system's clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._zero = clock.wall() - timedelta(seconds=clock.count())

    def count(self) -> float:
        """Return the seconds of the monotonic clock."""
        return self._clock.count()

    def at(self, count: float) -> datetime:
        """Return the UTC time of a reading of ``count``."""
        return self._zero + timedelta(seconds=count)

    def now(self) -> datetime:
        """Return the timeline's time, in UTC."""
        return self.at(self.count())

    def behind(self) -> timedelta:
        """Return how far the system's clock is ahead: zero until that clock is set."""
        return self._clock.wall() - self.now()


class SourceTime:
    """Converts a source's own timestamps to times of a timeline.

    The intervals between frames come from the source, their absolute times from their arrival.

    Transport delays a frame and never brings it early. So the earliest arrivals give the source's
    zero, and a burst after a delay keeps its intervals.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._zero: float | None = None
        self._arrived = 0.0
        self._last = 0.0

    def at(self, stamp_s: float | None) -> datetime:
        """Return when the frame that has just arrived was captured, always after the one before."""
        arrived = self._timeline.count()
        at = arrived if stamp_s is None else stamp_s + self._zero_at(arrived, arrived - stamp_s)
        self._last = max(at, self._last + _LEAST_STEP_S)
        return self._timeline.at(self._last)

    def _zero_at(self, arrived: float, zero: float) -> float:
        if self._zero is None or zero - self._zero > _LATEST_S:
            self._zero = zero  # the first frame, or the source has restarted
        drifted = self._zero + _DRIFT * (arrived - self._arrived)
        self._zero, self._arrived = min(zero, drifted), arrived
        return self._zero
