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

_TIME_ERROR = 5
_TIMEX_BYTES = 512
"""More than the kernel's ``struct timex`` has anywhere; zeros ask and change nothing."""
_SYNCHRONIZED = Path("/run/systemd/timesync/synchronized")


class Clock(Protocol):
    """The machine's clocks; ``SystemClock`` is the real one, ``FakeClock`` the tests'."""

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


class FakeClock:
    """A clock that only a test moves.

    Attributes:
        is_synchronized: what ``synchronized`` answers.
    """

    def __init__(self, wall: datetime, *, is_synchronized: bool = False) -> None:
        self._count = 1000.0
        self._wall = wall
        self.is_synchronized = is_synchronized

    def count(self) -> float:
        """See ``Clock``."""
        return self._count

    def wall(self) -> datetime:
        """See ``Clock``."""
        return self._wall

    def synchronized(self) -> bool:
        """See ``Clock``."""
        return self.is_synchronized

    def pass_by(self, seconds: float) -> None:
        """Time goes on."""
        self._count += seconds
        self.step(seconds)

    def step(self, seconds: float) -> None:
        """Somebody sets the system's clock."""
        self._wall += timedelta(seconds=seconds)


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
