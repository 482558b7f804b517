"""A sighting's id: 32 hexadecimal digits that begin with its time, so that the id locates it.

The same face of the same picture always has the same id, so a request sent again writes no second
sighting.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_TIME_DIGITS: Final = 14
"""Enough until the year 4253."""
_DIGITS: Final = 32


def sighting_id(captured_at: datetime, parts: Iterable[str]) -> str:
    """Return the id of a sighting; 72 bits distinguish the faces of one microsecond."""
    microseconds = (captured_at - _EPOCH) // _MICROSECOND
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return f"{microseconds:0{_TIME_DIGITS}x}{digest}"[:_DIGITS]


def captured_at(sighting: str) -> datetime | None:
    """Return when the sighting was captured; none if the text can't be a sighting's id.

    Releases before 2026-12 gave ids without a time; for those the result is meaningless.
    """
    if not re.fullmatch(r"[0-9a-f]{32}", sighting):
        return None
    return _EPOCH + int(sighting[:_TIME_DIGITS], 16) * _MICROSECOND
