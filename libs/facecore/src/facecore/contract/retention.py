"""How long each thing is kept, as it is set."""

from __future__ import annotations

from pydantic import Field

from facecore.contract.base import Answer


class Retention(Answer):
    """None means for ever, but where a field says otherwise."""

    sighting_days: int = Field(ge=1)
    """Since a sighting was received."""
    video_days: int | None = Field(ge=1)
    """Since a segment was announced; none: until somebody deletes it."""
    video_gb: float | None = Field(None, ge=0)
    """Most gigabytes (10^9 bytes) of video; beyond it the oldest segments are deleted before their
    time. None: no such limit."""
    audit_days: int = Field(ge=1)
    """Since the change."""
    statistics_days: int | None = Field(None, ge=1)
    """Counts of each day, in which nobody is named; none: this server counts nothing."""
    stranger_days: int | None = Field(None, ge=0)
    """Pictures of faces without a name; 0: none is kept; none: this server keeps none."""
    session_hours: float | None = Field(None, ge=0)
    """Since a sign-in to the console; none: this server has no sessions."""
