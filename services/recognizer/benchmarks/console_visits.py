"""Part of ``console`` and ``console_aws``: synthetic visits to cameras, always the same."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from facecore.contract import Box, Decision, Sighting
from recognizer.domain.capture import sighting_id

CAMERAS = ("door", "hall", "workshop", "yard")
DAYS = 60
UNKNOWN_PEOPLE = 500
"""Unknown people. The second half resemble a known person, so their decisions are uncertain."""
KEPT_DAYS = 30
"""Days of crops: the most that a school may want, so that there are more than a page groups."""
RICH = 2_500
"""The newest visits, with all data: also a match's crop, and the face's trajectory."""
WIDTH, HEIGHT = 640, 480
BOX = Box(x=240, y=130, width=130, height=160)

_A_VISIT = 4
"""Sightings of one visit, a second apart."""
_TOGETHER = 30
"""Visits at the start of a lesson, one after the other."""
_APART = timedelta(seconds=4)


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit.

    Attributes:
        number: 0 for the newest.
        began_at: the time of its first request.
        person: the person's number, for a match.
        unknown_person: the unknown person's number, for any other decision.
        crop: the id of the crop, if one is kept.
    """

    number: int
    device: str
    began_at: datetime
    decision: Decision
    person: int | None
    unknown_person: int | None
    crop: str | None

    @property
    def label(self) -> str | None:
        """The person's label."""
        return None if self.person is None else label_of(self.person)

    @property
    def track(self) -> str:
        """The device's name of the track."""
        return uuid.UUID(int=self.number).hex

    @property
    def first_sighting(self) -> str:
        """The id of the first sighting."""
        return sighting_id(self.began_at, (self.device, self.track))

    def sightings(self) -> Iterator[Sighting]:
        """Yield all sightings, oldest first."""
        chance = random.Random(self.number)  # noqa: S311 - the same every time is what is wanted
        for number in range(_A_VISIT):
            taken = self.began_at + timedelta(seconds=number)
            yield Sighting(
                id=sighting_id(taken, (self.device, self.track)),
                device=self.device,
                captured_at=taken,
                received_at=taken,
                decision=self.decision,
                label=self.label,
                similarity=round(chance.uniform(0.2, 0.9), 3),
                margin=0.2,
                box=BOX,
                video=None,
                offset_ms=None,
                track=self.track,
                image_width=WIDTH,
                image_height=HEIGHT,
                took_ms=round(chance.uniform(20, 60), 1),
                crop=self.crop,
            )


def label_of(person: int) -> str:
    """Return the label of the person with this number."""
    return f"person-{person:04}"


def visits(people: int, sightings: int, days: int, now: datetime) -> list[Visit]:
    """Return the visits of these days, newest first. The newest has just ended."""
    chance = random.Random(0)  # noqa: S311 - likewise
    count = max(1, sightings // _A_VISIT)
    lessons = timedelta(days=days) * _TOGETHER / count
    return [_visit(number, lessons, people, now, chance) for number in range(count)]


def _visit(
    number: int, lessons: timedelta, people: int, now: datetime, chance: random.Random
) -> Visit:
    """Return one visit; ``lessons`` is the time from one lesson to the next."""
    decision = chance.choices(list(Decision), weights=(8, 1, 1))[0]
    is_match = decision is Decision.MATCH
    lesson, place = divmod(number, _TOGETHER)
    began_at = now - lesson * lessons - (place + 1) * _APART
    is_kept = number < RICH if is_match else began_at > now - timedelta(days=KEPT_DAYS)
    return Visit(
        number=number,
        device=chance.choice(CAMERAS),
        began_at=began_at,
        decision=decision,
        person=chance.randrange(people) if is_match else None,
        unknown_person=None if is_match else _unknown_person(decision, chance),
        crop=f"{number:016x}{0:016x}" if is_kept else None,
    )


def _unknown_person(decision: Decision, chance: random.Random) -> int:
    """Choose an unknown person: some come often, most seldom."""
    half = UNKNOWN_PEOPLE // 2
    place = int(half * chance.random() ** 2)
    return place + half if decision is Decision.UNCERTAIN else place
