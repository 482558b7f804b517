"""The time of day in which uploads may be, for a line that is dear or needed by others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from typing import Self

_WRITTEN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


@dataclass(frozen=True, slots=True)
class UploadWindow:
    """From ``opens`` until ``closes``, local time, over midnight where it closes earlier."""

    opens: time
    closes: time

    @classmethod
    def of(cls, written: str) -> Self | None:
        """Reads ``22:00-06:00``; None for an empty text: uploads may always be.

        Raises:
            ValueError: it is written otherwise, or has no length.
        """
        if not written:
            return None
        found = _WRITTEN.fullmatch(written)
        try:
            opens, closes = (time(int(h), int(m)) for h, m in _pairs(found))
        except ValueError:
            raise ValueError("a window is written as 22:00-06:00, in local time") from None
        if opens == closes:
            raise ValueError("the window has no length; leave it out to upload at all times")
        return cls(opens, closes)

    def is_open(self, local: datetime) -> bool:
        """Whether uploads may be at this local time."""
        now = local.time()
        if self.opens < self.closes:
            return self.opens <= now < self.closes
        return now >= self.opens or now < self.closes


def _pairs(found: re.Match[str] | None) -> tuple[tuple[str, str], tuple[str, str]]:
    if found is None:
        raise ValueError
    return (found[1], found[2]), (found[3], found[4])
