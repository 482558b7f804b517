"""Admission: which picture is worked on next, and which is refused because of overload.

A queue without a bound serves nobody under overload: each picture waits until its client has left,
and is then computed for nobody. So the queue is bounded by the waiting time. A picture is refused
before its body is read if the pictures ahead of it, at the recent pace, take longer than its client
waits. A waiting picture is dropped as soon as its client leaves or its deadline passes. Urgent
pictures go first, the others first come, first served: every admitted picture is expected to be
answered in time, so none gains by being served later.

Memory is bounded by the pixels of all pictures that are worked on, and by the bytes of those that
wait.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final

from recognizer.domain.errors import Overloaded

MAX_HELD_BYTES: Final = 128 * 1024 * 1024
"""Most bytes of all pictures that are received, wait, or are worked on: 32 of the largest."""
_LONGEST_RETRY_S: Final = 30


@dataclass(frozen=True, slots=True)
class Place:
    """One picture's place in the queue.

    Attributes:
        deadline: when its client stops waiting, on the queue's clock.
        urgent: it goes before all that are not urgent. Only rare requests of the admin are.
    """

    deadline: float
    urgent: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    pixels: int
    urgent: bool
    turn: asyncio.Future[None]


class VisionQueue:
    """Admits pictures and gives them their turn. Used on one event loop.

    Args:
        slots: pictures worked on at once.
        pixels: most pixels of all pictures worked on at once; a larger picture runs alone.
        max_wait_s: longest expected wait that is admitted, in seconds.
        clock: a monotonic clock, in seconds.
    """

    def __init__(
        self,
        *,
        slots: int,
        pixels: int,
        max_wait_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._slots = slots
        self._pixels = pixels
        self._max_wait_s = max_wait_s
        self._clock = clock
        self._pace = Pace()
        self._waiting: list[_Waiting] = []
        self._working: list[int] = []
        self._held = 0

    def place(self, wait_s: float | None, *, urgent: bool = False) -> Place:
        """Return the place of a client that waits ``wait_s`` from now; none means not specified."""
        given = 2 * self._max_wait_s if wait_s is None else wait_s
        return Place(self._clock() + given, urgent)

    def expected_wait(self, *, urgent: bool = False) -> float:
        """Estimate the seconds until a picture that comes now is answered; 0 if a slot is free."""
        ahead = sum(one.urgent for one in self._waiting) if urgent else len(self._waiting)
        if not ahead and len(self._working) < self._slots:
            return 0.0
        return (ahead + len(self._working) + 1) * self._pace.seconds

    def check(self, place: Place) -> None:
        """Raise ``Overloaded`` if the answer would come too late."""
        wait, left = self.expected_wait(urgent=place.urgent), place.deadline - self._clock()
        if left < 0:
            raise self._overloaded("the client's time was over before the picture's turn", wait)
        if wait > min(left, self._max_wait_s):
            raise self._overloaded(f"an answer would take {wait:.1f} s now", wait)

    @contextmanager
    def holding(self, size: int) -> Iterator[None]:
        """Keep ``size`` bytes for a picture. Raises ``Overloaded`` when too many are held."""
        if self._held + size > MAX_HELD_BYTES:
            raise self._overloaded("too many bytes of pictures are waiting", self.expected_wait())
        self._held += size
        try:
            yield
        finally:
            self._held -= size

    @asynccontextmanager
    async def turn(
        self, place: Place, pixels: int, gone: Callable[[], Awaitable[None]]
    ) -> AsyncIterator[None]:
        """Wait for the picture's turn, and hold it.

        Args:
            place: the picture's place in the queue.
            pixels: number of pixels of the picture.
            gone: returns when the client has left; awaited only while the picture waits.

        Raises:
            Overloaded: the answer would come too late, or nobody waits for it any more.
        """
        self.check(place)
        one = _Waiting(min(pixels, self._pixels), place.urgent, _future())
        self._waiting.insert(self._place(one), one)
        self._start()
        try:
            if not one.turn.done():
                await self._wait(one, place, gone)
            with self._timed(one):
                yield
        finally:
            self._leave(one)

    async def _wait(self, one: _Waiting, place: Place, gone: Callable[[], Awaitable[None]]) -> None:
        leaving = asyncio.ensure_future(gone())
        left = max(0.0, place.deadline - self._clock())
        try:
            await asyncio.wait(
                {one.turn, leaving}, timeout=left, return_when=asyncio.FIRST_COMPLETED
            )
            if leaving.done():
                leaving.result()
                raise self._overloaded("the client left while its picture waited", 0)
        finally:
            leaving.cancel()
        if not one.turn.done():
            raise self._overloaded("the client's time was over before the picture's turn", 0)

    @contextmanager
    def _timed(self, one: _Waiting) -> Iterator[None]:
        started = self._clock()
        try:
            yield
        finally:
            if not one.urgent:  # a thumbnail takes only milliseconds
                self._pace.add(self._clock() - started, len(self._working))

    def _place(self, one: _Waiting) -> int:
        """Return its index in the queue: behind all, or behind the urgent ones."""
        return sum(other.urgent for other in self._waiting) if one.urgent else len(self._waiting)

    def _leave(self, one: _Waiting) -> None:
        if one.turn.done():
            self._working.remove(one.pixels)
        else:
            self._waiting.remove(one)
        self._start()

    def _start(self) -> None:
        while len(self._working) < self._slots and (one := self._next()) is not None:
            self._waiting.remove(one)
            self._working.append(one.pixels)
            one.turn.set_result(None)

    def _next(self) -> _Waiting | None:
        """Return the first, or one so small that it does not delay the first."""
        if not self._waiting:
            return None
        used = sum(self._working)
        first = self._waiting[0]
        if used + first.pixels <= self._pixels:
            return first
        # The first starts when the largest in work is done; an overtaking one must leave it room.
        beside = self._pixels - first.pixels - (used - max(self._working))
        room = min(beside, self._pixels - used)
        return next((one for one in self._waiting if one.pixels <= room), None)

    def _overloaded(self, why: str, wait_s: float) -> Overloaded:
        return Overloaded(why, min(max(1, math.ceil(wait_s)), _LONGEST_RETRY_S))


def _future() -> asyncio.Future[None]:
    return asyncio.get_running_loop().create_future()


_FIRST_S: Final = 0.05
"""Assumed before any picture was measured."""
_WEIGHT: Final = 0.1
"""Weight of the newest picture; those before the last twenty or so hardly count."""


class Pace:
    """Seconds from one finished picture to the next while pictures wait.

    It is an exponentially weighted mean of the last ones.
    """

    def __init__(self) -> None:
        self.seconds = _FIRST_S

    def add(self, took_s: float, at_once: int) -> None:
        """Count a picture that took ``took_s`` while ``at_once`` (itself included) were in work."""
        self.seconds += _WEIGHT * (took_s / at_once - self.seconds)
