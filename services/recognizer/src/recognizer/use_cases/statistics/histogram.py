"""Histogram of times: they are counted in classes, and percentiles are read from the counts.

Class 0 is below 0.1 ms. Each further class ends 20 % above its beginning. The last one, from about
a minute on, has no end. So counts can be added, and a percentile is exact to within 20 %.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

_FIRST_MS = 0.1
_GROWTH = 1.2
CLASSES = 75


def class_of(ms: float) -> int:
    """Return the class that a time falls into."""
    if ms < _FIRST_MS:
        return 0
    # A tiny bit more, so that a class's lower end is within it however the logarithm is rounded.
    steps = math.log(ms / _FIRST_MS) / math.log(_GROWTH) + 1e-9
    return min(CLASSES - 1, 1 + int(steps))


def bounds_ms(number: int) -> tuple[float, float]:
    """Return where a class begins and ends; the last has no end, so its beginning is both."""
    if number == 0:
        return 0.0, _FIRST_MS
    low = _FIRST_MS * _GROWTH ** (number - 1)
    return low, low if number == CLASSES - 1 else low * _GROWTH


def percentile_ms(counts: Mapping[int, int], share: float) -> float:
    """Return the percentile for this share of all times, interpolated within its class.

    Args:
        counts: number of times in each class; at least one time.
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
