"""Exponential backoff between attempts."""

from __future__ import annotations

import random


class Backoff:
    """Exponential backoff up to a ceiling, with jitter so that a fleet does not retry at once.

    Half of each pause is random ("equal jitter"), so no pause is close to zero.
    Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """

    def __init__(self, *, first_s: float, longest_s: float) -> None:
        self._first_s = first_s
        self._longest_s = longest_s
        self._failures = 0

    def failed(self) -> float:
        """Count a failure and return the seconds to wait."""
        ceiling = min(self._longest_s, self._first_s * 2.0 ** min(self._failures, 30))
        self._failures += 1
        return ceiling / 2 + random.uniform(0, ceiling / 2)  # noqa: S311 - spreads load only

    def succeeded(self) -> None:
        """Reset to the first pause."""
        self._failures = 0
