"""How long a picture takes now: an exponentially weighted mean of the last ones."""

from __future__ import annotations

from typing import Final

_FIRST_S: Final = 0.05
"""Before any picture was measured."""
_WEIGHT: Final = 0.1
"""Of the newest picture; those before the last twenty or so hardly count."""


class Pace:
    """Seconds from one finished picture to the next while pictures wait."""

    def __init__(self) -> None:
        self.seconds = _FIRST_S

    def add(self, took_s: float, at_once: int) -> None:
        """Count a picture that took ``took_s`` while ``at_once`` were worked on, it included."""
        self.seconds += _WEIGHT * (took_s / at_once - self.seconds)
