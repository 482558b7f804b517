"""Part of ``console_aws``: counts the calls of AWS, and lets each take as long as a network would.

The wait is in the thread that calls, just before its request is sent: so calls that are made side
by side wait together, and calls in sequence one after the other.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from recognizer.adapters.aws.clients import Clients

_LONG_S = 0.1
"""So long that calls which are made side by side certainly meet."""


class AwsCalls:
    """Every call that these clients make. Thread-safe."""

    def __init__(self, clients: Clients) -> None:
        self._wait_s = 0.0
        self._waits: list[tuple[float, float]] = []
        for client in (clients.dynamodb, clients.s3):
            service = client.meta.service_model.service_name
            client.meta.events.register(f"before-send.{service}", self._before_send)

    @contextmanager
    def taking(self, wait_s: float) -> Iterator[None]:
        """Each call takes so much longer within."""
        self._wait_s = wait_s
        try:
            yield
        finally:
            self._wait_s = 0.0

    @contextmanager
    def counting(self) -> Iterator[Count]:
        """Count what is called within; every call takes a while."""
        count = Count()
        self._waits.clear()
        with self.taking(_LONG_S):
            yield count
        count.calls = len(self._waits)
        count.in_sequence = _longest_chain(self._waits)

    def _before_send(self, **_: object) -> None:
        begun = time.perf_counter()
        time.sleep(self._wait_s)
        self._waits.append((begun, time.perf_counter()))


class Count:
    """How many calls there were, and how many of them had to wait for another one's end."""

    calls = 0
    in_sequence = 0


def _longest_chain(waits: list[tuple[float, float]]) -> int:
    """The most calls of which each began when the one before had ended."""
    length, ended = 0, 0.0
    for begun, end in sorted(waits, key=lambda wait: wait[1]):
        if begun >= ended:
            length, ended = length + 1, end
    return length
