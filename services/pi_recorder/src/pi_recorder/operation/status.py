"""The status that the live page, the terminal view and ``GET /status.json`` show.

The spool and its disk are measured at most every five seconds.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from threading import Lock
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from facecore.contract import PartState, PersonRecord
from facecore.contract.base import Similarity, UtcTime
from pi_recorder.events import TrackState
from pi_recorder.spool.inspection import spool_view

_MAX_FACTS, _MAX_TEXT = 12, 120
"""Limits, because a record may be too long for a screen."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Part(_Model):
    """The state of camera, recognition or uploads, since when, and why it is away."""

    state: PartState
    since: UtcTime
    reason: str | None = None


class Fact(_Model):
    """One attribute of a person's record, as text."""

    name: str
    value: str


class Person(_Model):
    """The part of a person's record that is shown."""

    label: str
    name: str
    facts: tuple[Fact, ...] = ()

    @classmethod
    def of(cls, record: PersonRecord) -> Person:
        """Return a record's first twelve attributes, each with at most 120 characters."""
        shown = list(record.attributes.items())[:_MAX_FACTS]
        facts = tuple(Fact(name=name, value=_written(value)) for name, value in shown)
        return cls(label=record.label, name=record.name, facts=facts)


class Place(_Model):
    """A face's box in shares of the picture's width and height; it may reach past the edge."""

    x: float
    y: float
    width: float
    height: float


class Face(_Model):
    """A face that is seen now; it has a ``person`` only for a match."""

    track: str
    state: TrackState
    person: Person | None
    similarity: Similarity | None
    place: Place | None
    """None when only crops were sent and the position is not known."""


class Visitor(_Model):
    """A person who was here today."""

    person: Person
    first_seen: UtcTime
    last_seen: UtcTime
    visits: Annotated[int, Field(ge=1)]
    best_similarity: Similarity | None


class Today(_Model):
    """The visitors since midnight, or since the recorder's start if that was later."""

    since: UtcTime
    visitors: tuple[Visitor, ...]
    """Sorted by ``last_seen``, the latest first."""
    not_listed: int
    """Number of people who were here but are not listed."""
    unknown: int
    """Visits of people who are not enrolled."""
    uncertain: int
    """Visits with an uncertain decision."""


class Latency(_Model):
    """Seconds from the capture of a frame to its answer, over the latest answers."""

    median_s: float | None
    p95_s: float | None
    name_median_s: float | None
    """From a visit's first usable frame to its name."""
    late: int
    """Late answers since the start."""


class Disk(_Model):
    """The upload queue and the disk."""

    queued: int
    queued_bytes: int
    oldest_at: UtcTime | None = None
    """When the oldest queued segment began."""
    lost_s: float = 0.0
    """Seconds dropped or not recorded because there was no room, in all runs."""
    free_bytes: int
    total_bytes: int


class Counts(_Model):
    """Counters since the start."""

    frames_dropped: int
    segments_recorded: int
    segments_uploaded: int
    segments_refused: int
    answered: int
    unanswered: int


class Notice(_Model):
    """An event that everybody should know of, with the number of its repetitions."""

    at: UtcTime
    text: str
    times: int = 1


class Status(_Model):
    """The whole status at one moment."""

    device: str
    now: UtcTime
    started_at: UtcTime
    pictured_at: UtcTime | None
    """When the latest frame was captured."""
    camera: Part
    recognition: Part
    answered_at: UtcTime | None = None
    """When the latest answer arrived."""
    uploads: Part
    faces: tuple[Face, ...]
    today: Today
    latency: Latency
    disk: Disk | None
    """None when the spool's folder can't be read."""
    counts: Counts
    notices: tuple[Notice, ...]
    """The latest first."""
    actions: bool = False
    """Whether the page's user may pause recognition."""


def _written(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 1] + "…"


_GOOD_FOR_S = 5.0


class SpoolDisk:
    """The state of the spool's folder, read on request and cached for five seconds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._known: Disk | None = None
        self._read_at = float("-inf")

    def disk(self) -> Disk | None:
        """Return how much is queued and free; None if the folder can't be read."""
        with self._lock:
            if time.monotonic() - self._read_at > _GOOD_FOR_S:
                self._known = _read(self._folder)
                self._read_at = time.monotonic()
            return self._known


def _read(folder: Path) -> Disk | None:
    try:
        usage = shutil.disk_usage(folder)
        view = spool_view(folder)
    except OSError:
        return None
    return Disk(
        queued=view.queued,
        queued_bytes=view.bytes,
        oldest_at=view.oldest,
        lost_s=view.lost_s,
        free_bytes=usage.free,
        total_bytes=usage.total,
    )
