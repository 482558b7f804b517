"""How long a client waits, as ``Prefer: wait=SECONDS`` (RFC 7240, section 4.3).

It is a duration, so the clocks of both sides need not agree.
"""

from __future__ import annotations

import math
import re
from typing import Final

_PREFERENCE = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*+")++')
_WAIT = re.compile(r'wait\s*=\s*("?)([0-9]{1,9})\1\s*(?:;.*)?', re.IGNORECASE)

_SPENT_S: Final = 0.1
"""What a call may have spent since its deadline was set, and still announce all of it."""

_LONGEST: Final = 1024
"""Characters; a longer header is ignored, for reading one takes the square of its length."""


def write_wait(seconds: float) -> str:
    """Write the preference: whole seconds, rounded down, and at least 1; 9.95 count as 10."""
    return f"wait={max(1, math.floor(seconds + _SPENT_S))}"


def read_wait(prefer: str) -> int | None:
    """Read the first ``wait`` of a header, in seconds.

    Returns:
        None when there is none: the RFC has a server ignore what it can't read.

    """
    if len(prefer) > _LONGEST:
        return None
    preferences = (_WAIT.fullmatch(part.strip()) for part in _PREFERENCE.findall(prefer))
    return next((int(found[2]) for found in preferences if found), None)
