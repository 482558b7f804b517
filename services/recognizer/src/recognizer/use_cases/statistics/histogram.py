"""Times are counted in classes; a percentile is read from the counts.

Class 0 is below 0.1 ms; each further one ends 20 % later than it begins; the last one, from about
a minute on, has no end. So what is read is right to within 20 %, from counts that can be added.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

_FIRST_MS = 0.1
_GROWTH = 1.2
CLASSES = 75


def class_of(ms: float) -> int:
    """The class that a time falls into."""
    if ms < _FIRST_MS:
        return 0
    # A hair more, so that a class's own lower end is within it whatever the logarithm rounds to.
    steps = math.log(ms / _FIRST_MS) / math.log(_GROWTH) + 1e-9
    return min(CLASSES - 1, 1 + int(steps))


def bounds_ms(number: int) -> tuple[float, float]:
    """Where a class begins and ends; the last one ends where it begins, for it has no end."""
    if number == 0:
        return 0.0, _FIRST_MS
    low = _FIRST_MS * _GROWTH ** (number - 1)
    return low, low if number == CLASSES - 1 else low * _GROWTH


def percentile_ms(counts: Mapping[int, int], share: float) -> float:
    """The time that this share of all times is not above, interpolated within its class.

    Args:
        counts: how many times fell into each class; at least one.
        share: from 0 to 1.
    """
    wanted, before = share * sum(counts.values()), 0
    found = 0.0
    for number, count in sorted(counts.items()):
        if count <= 0:
            continue
        low, high = bounds_ms(number)
        found = low + (high - low) * min(1.0, (wanted - before) / count)
        before += count
        if before >= wanted:
            break
    return found
