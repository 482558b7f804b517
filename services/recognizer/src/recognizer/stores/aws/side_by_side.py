"""Calls that don't need each other's answers: made at once, they take about as long as one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

_A = TypeVar("_A")
_B = TypeVar("_B")

_THREADS = 8
"""A call keeps a processor busy for a millisecond or two and then waits for about eight: with more
threads a function, which has one processor, would not be faster. All requests share them."""


class SideBySide:
    """A few threads, started when they are needed first; they end with the process. Thread-safe."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="aws")

    def map(self, call: Callable[[_A], _B], over: Sequence[_A]) -> list[_B]:
        """What ``call`` makes of each, in order; ``call`` itself must not call ``map``.

        A single one is called here and now. The first error comes out; calls that have not begun by
        then are not made. A line that a call logs says of which request it is.
        """
        if len(over) < 2:  # noqa: PLR2004
            return [call(one) for one in over]
        contexts = [copy_context() for _ in over]
        return list(self._threads.map(lambda context, one: context.run(call, one), contexts, over))
