"""What became of the segments on their way to the store."""

from __future__ import annotations

from dataclasses import dataclass

from pi_recorder.spool import Segment


@dataclass(frozen=True, slots=True)
class SegmentUploaded:
    """The store has confirmed a segment, and the spool has let go of it."""

    segment: Segment
    key: str


@dataclass(frozen=True, slots=True)
class SegmentRefused:
    """One segment was refused; it stays in the spool and is tried again later."""

    segment: Segment
    reason: str


@dataclass(frozen=True, slots=True)
class UploadsAway:
    """The store can't be reached; segments wait in the spool."""

    reason: str


@dataclass(frozen=True, slots=True)
class UploadsBack:
    """The first confirmed segment afterwards."""

    away_s: float
