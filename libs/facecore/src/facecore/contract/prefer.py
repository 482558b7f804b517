"""How long a client waits, as ``Prefer: wait=SECONDS`` (RFC 7240, section 4.3).

It is a duration, so the clocks of both sides may differ.
"""

from __future__ import annotations

import math
import re
from typing import Final

_PREFERENCE = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*+")++')
_WAIT = re.compile(r'wait\s*=\s*("?)([0-9]{1,9})\1\s*(?:;.*)?', re.IGNORECASE)

_SPENT_S: Final = 0.1
"""Seconds that a call may have used since its deadline was set and still announce all of it."""

_LONGEST: Final = 1024
"""Longest header in characters. A longer one is ignored: the time to parse it grows with the
square of its length."""


def write_wait(seconds: float) -> str:
    """Write the preference in whole seconds, rounded down, at least 1; 9.95 counts as 10."""
    return f"wait={max(1, math.floor(seconds + _SPENT_S))}"


def read_wait(prefer: str) -> int | None:
    """Read the first ``wait`` of a header, in seconds.

    Returns:
        None if there is none. A server ignores preferences that it can't read, as the RFC says.

    """
    if len(prefer) > _LONGEST:
        return None
    preferences = (_WAIT.fullmatch(part.strip()) for part in _PREFERENCE.findall(prefer))
    return next((int(found[2]) for found in preferences if found), None)
