"""The demo's script: who is enrolled, who enters when, and how they move.

The people are public figures in public-domain pictures. Obama is enrolled from one official
picture and shown in two others. Biden and Collins have only one picture each, which is both
enrolled and shown. Hopper is shown but not enrolled, so the demo reports her as ``unknown``.

Lengths are in pixels of the 640 x 480 picture, times in seconds from the clip's start.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from facecore import samples

WIDTH, HEIGHT = 640, 480
FRAMES_PER_SECOND = 15
DURATION_S = 25.0
FRAME_COUNT = round(DURATION_S * FRAMES_PER_SECOND)

_ENTER_S, _LEAVE_S = 1.1, 0.9
_OUTSIDE = 190.0
"""Distance of a head's middle beyond the edge at which the person is out of the picture."""
_EYE_LINE = 200.0
_YAW_RAD, _ROLL_RAD = math.radians(24), math.radians(5)


@dataclass(frozen=True, slots=True)
class Portrait:
    """The person's position in a sample picture, in that picture's pixels.

    Attributes:
        sample: name in ``facecore.samples``.
        head: middle (x, y), width and height of the head with its hair and chin.
        bottom: the lowest row to show.
    """

    sample: str
    head: tuple[float, float, float, float]
    bottom: int


@dataclass(frozen=True, slots=True)
class Visit:
    """One person's path through the picture.

    Attributes:
        start, end: when the person is first and last seen.
        edges: side where they enter and side where they leave, -1 left and 1 right.
        stand: column of the head's middle after entering and before leaving.
        head_width: width of the head after entering and before leaving.
        turns: full turns of the head to one side, to the other and back.
    """

    portrait: Portrait
    start: float
    end: float
    edges: tuple[int, int]
    stand: tuple[float, float]
    head_width: tuple[float, float]
    turns: float = 1.0


@dataclass(frozen=True, slots=True)
class Pose:
    """One person's pose: the head's middle, its width, and its angles in radians."""

    x: float
    y: float
    head_width: float
    yaw: float
    roll: float


OBAMA_SPEAKING = Portrait("obama2", (370, 398, 336, 474), 1070)
OBAMA_STANDING = Portrait("obama3", (750, 419, 335, 405), 1500)
BIDEN = Portrait("biden", (569, 331, 370, 490), 1500)
COLLINS = Portrait("collins", (227, 100, 151, 175), 512)
HOPPER = Portrait("hopper", (271, 168, 238, 334), 600)

VISITS = (
    Visit(OBAMA_SPEAKING, 0.4, 6.4, (-1, 1), (250, 390), (132, 190)),
    Visit(BIDEN, 6.0, 13.0, (-1, -1), (180, 200), (130, 160)),
    Visit(COLLINS, 9.2, 16.6, (1, 1), (470, 430), (166, 190)),
    Visit(HOPPER, 16.2, 24.4, (-1, -1), (300, 180), (140, 170)),
    Visit(OBAMA_STANDING, 19.4, 24.8, (1, 1), (480, 460), (132, 160)),
)


def pose(visit: Visit, time: float) -> Pose | None:
    """Return the visitor's pose at a time; None before they enter and after they left."""
    if not visit.start <= time < visit.end:
        return None
    stay = _smooth((time - visit.start) / (visit.end - visit.start))
    phase = 2 * math.pi * visit.turns * (time - visit.start) / (visit.end - visit.start)
    width = _between(*visit.head_width, stay)
    return Pose(
        x=_walk(visit, time, stay),
        y=_EYE_LINE + 3 * math.sin(4 * phase),
        head_width=width,
        yaw=_YAW_RAD * math.sin(phase),
        roll=_ROLL_RAD * math.sin(2 * phase),
    )


def _walk(visit: Visit, time: float, stay: float) -> float:
    here = _between(*visit.stand, stay)
    entering = _smooth((time - visit.start) / _ENTER_S)
    leaving = _smooth((visit.end - time) / _LEAVE_S)
    came_from, goes_to = (_outside(edge) for edge in visit.edges)
    return _between(goes_to, _between(came_from, here, entering), leaving)


def _outside(edge: int) -> float:
    return -_OUTSIDE if edge < 0 else WIDTH + _OUTSIDE


def _between(first: float, second: float, share: float) -> float:
    return first + (second - first) * share


def _smooth(share: float) -> float:
    """Ease a share from 0 to 1, with zero speed at both ends."""
    share = min(1.0, max(0.0, share))
    return share * share * (3 - 2 * share)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A record to enrol before the demo clip is shown.

    Attributes:
        label: the person's key.
        name: the name to show.
        attributes: public facts: the subject studied, and the year of the degree.
        sample: name in ``facecore.samples`` of the picture to enrol from.
    """

    label: str
    name: str
    attributes: Mapping[str, str | int]
    sample: str

    def photo(self) -> Path:
        """Return the path of the picture to enrol from; fetch it if it is not in the cache.

        Raises:
            ModelError: it could not be fetched.
        """
        return samples.path(self.sample)


def demo_people() -> tuple[DemoPerson, ...]:
    """Return the people to enrol: everybody in the clip except Grace Hopper."""
    return _PEOPLE


_PEOPLE = (
    DemoPerson(
        label="barack_obama",
        name="Barack Obama",
        attributes={"major": "Law", "year": 1991},
        sample="obama",
    ),
    DemoPerson(
        label="joe_biden",
        name="Joe Biden",
        attributes={"major": "Law", "year": 1968},
        sample="biden",
    ),
    DemoPerson(
        label="eileen_collins",
        name="Eileen Collins",
        attributes={"major": "Mathematics and Economics", "year": 1978},
        sample="collins",
    ),
)
