"""How long to wait before the next attempt."""

from __future__ import annotations

import random


class Backoff:
    """Exponential, up to a ceiling, with jitter so that a fleet does not return as one.

    Half of each pause is random ("equal jitter"), so that a pause is never nearly nothing.
    Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """

    def __init__(self, *, first_s: float, longest_s: float) -> None:
        self._first_s = first_s
        self._longest_s = longest_s
        self._failures = 0

    def failed(self) -> float:
        """One more failure: seconds to wait now."""
        ceiling = min(self._longest_s, self._first_s * 2.0 ** min(self._failures, 30))
        self._failures += 1
        return ceiling / 2 + random.uniform(0, ceiling / 2)  # noqa: S311 - spreads load only

    def succeeded(self) -> None:
        """Begins anew."""
        self._failures = 0
