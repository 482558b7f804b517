"""How everything here waits before another attempt: exponential backoff with full jitter.

A call is retried by ``tenacity.Retrying`` with ``full_jitter``; a loop whose attempts differ runs
over ``attempts``; one that only needs its next pause uses ``Backoff``. Random pauses keep clients
that failed together from retrying together.
Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from tenacity import RetryCallState, Retrying, wait_random_exponential


def full_jitter(*, first_s: float, longest_s: float) -> wait_random_exponential:
    """Return the pauses of a ``Retrying``, in seconds.

    Each is random between 0 and a ceiling, which is ``first_s`` after the first attempt and doubles
    up to ``longest_s``.
    """
    return wait_random_exponential(multiplier=first_s, max=longest_s)


class Backoff:
    """The pauses of a loop that runs on after failures; arguments as in ``full_jitter``."""

    def __init__(self, *, first_s: float, longest_s: float) -> None:
        self._pauses = full_jitter(first_s=first_s, longest_s=longest_s)
        self.succeeded()

    def failed(self) -> float:
        """Count a failure and return the seconds to wait."""
        pause_s = self._pauses(self._attempts)
        self._attempts.prepare_for_next_attempt()
        return pause_s

    def succeeded(self) -> None:
        """Reset to the first pause."""
        self._attempts = RetryCallState(Retrying(), None, (), {})


def attempts(most: int, *, first_s: float, longest_s: float) -> Iterator[None]:
    """Yield ``most`` times, and wait before each but the first; arguments as in ``full_jitter``."""
    backoff = Backoff(first_s=first_s, longest_s=longest_s)
    for number in range(most):
        if number:
            time.sleep(backoff.failed())
        yield
