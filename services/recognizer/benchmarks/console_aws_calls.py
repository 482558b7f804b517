"""Part of ``console_aws``: count the AWS calls, and delay each as a network would.

The calling thread waits just before it sends its request. So parallel calls wait together, and
calls in sequence wait one after the other.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from recognizer.adapters.aws.clients import Clients

_LONG_S = 0.1
"""Long enough that parallel calls certainly overlap."""


class AwsCalls:
    """Counts and delays the calls of these clients. Thread-safe."""

    def __init__(self, clients: Clients) -> None:
        self._wait_s = 0.0
        self._waits: list[tuple[float, float]] = []
        for client in (clients.dynamodb, clients.s3):
            service = client.meta.service_model.service_name
            client.meta.events.register(f"before-send.{service}", self._before_send)

    @contextmanager
    def taking(self, wait_s: float) -> Iterator[None]:
        """Delay each call inside the context by ``wait_s``."""
        self._wait_s = wait_s
        try:
            yield
        finally:
            self._wait_s = 0.0

    @contextmanager
    def counting(self) -> Iterator[Count]:
        """Count the calls inside the context; each call is delayed."""
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
    """The number of calls, and of those that had to wait for the end of another."""

    calls = 0
    in_sequence = 0


def _longest_chain(waits: list[tuple[float, float]]) -> int:
    """Return the most calls of which each began after the one before had ended."""
    length, ended = 0, 0.0
    for begun, end in sorted(waits, key=lambda wait: wait[1]):
        if begun >= ended:
            length, ended = length + 1, end
    return length
