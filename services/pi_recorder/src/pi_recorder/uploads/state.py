"""How uploads are doing, for whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Activity(StrEnum):
    """What the uploader does."""

    IDLE = "idle"
    SENDING = "sending"
    AWAY = "away"
    WAITING = "waiting"
    """For its window."""


@dataclass(frozen=True, slots=True)
class UploaderState:
    """At one moment.

    Attributes:
        away_s: since the first failure that had no success after it; None unless it is away.
        reason: of that failure.
    """

    activity: Activity
    away_s: float | None = None
    reason: str | None = None
