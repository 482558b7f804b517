"""What the live page, the terminal view and ``GET /status.json`` show: one model for all."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from facecore.contract import PartState, PersonRecord
from facecore.contract.base import Similarity, UtcTime
from pi_recorder.events import TrackState

_MAX_FACTS, _MAX_TEXT = 12, 120
"""A record may hold much more than a screen."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Part(_Model):
    """Camera, recognition or uploads: how it fares, since when, and why it is away."""

    state: PartState
    since: UtcTime
    reason: str | None = None


class Fact(_Model):
    """One attribute of a person's record, written out."""

    name: str
    value: str


class Person(_Model):
    """A person's record, as much of it as is shown."""

    label: str
    name: str
    facts: tuple[Fact, ...] = ()

    @classmethod
    def of(cls, record: PersonRecord) -> Person:
        """The first twelve attributes, each of at most 120 characters."""
        shown = list(record.attributes.items())[:_MAX_FACTS]
        facts = tuple(Fact(name=name, value=_written(value)) for name, value in shown)
        return cls(label=record.label, name=record.name, facts=facts)


class Place(_Model):
    """Where a face is, in shares of the picture's width and height; it may reach past the edge."""

    x: float
    y: float
    width: float
    height: float


class Face(_Model):
    """A face that is seen now. ``person`` is there for a match only."""

    track: str
    state: TrackState
    person: Person | None
    similarity: Similarity | None
    place: Place | None
    """None when only crops were sent, and where in the picture is not known."""


class Visitor(_Model):
    """A person who was here today, and how often."""

    person: Person
    first_seen: UtcTime
    last_seen: UtcTime
    visits: Annotated[int, Field(ge=1)]
    best_similarity: Similarity | None


class Today(_Model):
    """Who was here since midnight, or since the recorder started if that was later."""

    since: UtcTime
    visitors: tuple[Visitor, ...]
    """The latest seen first."""
    not_listed: int
    """So many more people were here than are listed."""
    unknown: int
    """Visits of people who are not enrolled."""
    uncertain: int
    """Visits whose person was too close to call."""


class Latency(_Model):
    """Seconds from the capture of a frame to its answer, over the latest answers."""

    median_s: float | None
    p95_s: float | None
    name_median_s: float | None
    """From a visit's first usable frame to its name."""
    late: int
    """So many answers came late, since the start."""


class Disk(_Model):
    """What waits for its upload, and how much room there is."""

    queued: int
    queued_bytes: int
    oldest_at: UtcTime | None = None
    """When the first of what waits began."""
    lost_s: float = 0.0
    """Seconds that were dropped or not filmed for want of room, in all runs."""
    free_bytes: int
    total_bytes: int


class Counts(_Model):
    """Since the start."""

    frames_dropped: int
    segments_recorded: int
    segments_uploaded: int
    segments_refused: int
    answered: int
    unanswered: int


class Notice(_Model):
    """Something that everybody should know."""

    at: UtcTime
    text: str
    times: int = 1


class Status(_Model):
    """Everything that is shown, at one moment."""

    device: str
    now: UtcTime
    started_at: UtcTime
    pictured_at: UtcTime | None
    """Capture of the latest frame."""
    camera: Part
    recognition: Part
    answered_at: UtcTime | None = None
    """When the latest answer came."""
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
    """Whether the page's reader may pause recognition."""


def _written(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 1] + "…"
