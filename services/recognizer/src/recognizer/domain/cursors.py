"""Times and cursors, in the form that all stores share."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta

from recognizer.domain.errors import CursorInvalid

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INT64 = 2**63


def to_us(moment: datetime) -> int:
    """Return the microseconds since 1970; exact, unlike a float of seconds."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def from_us(microseconds: int) -> datetime:
    """Return the time in UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)


def time_cursor(microseconds: int, key: str) -> str:
    """Return the cursor behind the row with this time and key, in a list ordered by time."""
    return base64.urlsafe_b64encode(f"{microseconds} {key}".encode()).decode().rstrip("=")


def read_time_cursor(cursor: str | None) -> tuple[int, str]:
    """Return time and key of the last row seen; without a cursor, values after every row.

    Raises:
        CursorInvalid: ``time_cursor`` did not make the cursor.
    """
    if cursor is None:
        return _INT64 - 1, ""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        time, key = base64.b64decode(padded, altchars=b"-_", validate=True).decode().split(" ", 1)
        return max(-_INT64, min(_INT64 - 1, int(time))), key
    except (ValueError, binascii.Error) as error:
        raise CursorInvalid("'after' must be the 'next' of the previous page") from error
