"""Which face is the one of a moment ago: boxes that move on at a constant velocity.

SORT (Bewley et al., "Simple Online and Realtime Tracking", ICIP 2016) without its filter and its
Hungarian assignment. A face is seen ten times a second and its box is good to a few pixels, so
there is little to filter. Pairs are taken nearest first: of the handful of faces in a frame that
is what one wants also when people cross, for a least sum would give up a sure pair to make two
doubtful ones.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from facecore.contract import Box
from facecore.vision.overlap import overlap
from pi_recorder.recognition.face import Face

_REACH: Final = 0.4
_REACH_PER_S: Final = 6.0
_LONGEST_REACH: Final = 1.5
"""How far from where it is expected a face may be, in its own sizes; the longer ago it was seen,
the farther. A person who walks moves by up to nine sizes a second."""
_MOST_GROWTH: Final = 2.0
"""From one look to the next, in size."""
_TOUCHING: Final = 0.1
"""Overlap (IoU) from which two faces may be taken for each other, until they part again."""
_LONG_GONE: Final = 3
"""Looks in a row without a face, after which it may be another one that comes back."""


@dataclass(eq=False)
class Track:
    """One face over time.

    Attributes:
        box: where it was last seen.
        seen_at: when that was captured.
        doubtful: set when it may since be somebody else's face: it has parted from one that it
            touched, or was gone for several looks. Whoever has made sure takes it back.
    """

    box: Box
    seen_at: datetime
    velocity: tuple[float, float] = (0.0, 0.0)
    missed: int = 0
    touching: bool = False
    doubtful: bool = False

    def distance(self, face: Face, at: datetime) -> float:
        """Of the face from where this one is expected, in sizes; infinite when it can't be it."""
        seconds = (at - self.seen_at).total_seconds()
        size, other = _size(self.box), _size(face.box)
        if not 1 / _MOST_GROWTH <= other / size <= _MOST_GROWTH:
            return math.inf
        x, y = _centre(self.box)
        face_x, face_y = _centre(face.box)
        off_x = face_x - x - self.velocity[0] * seconds
        off_y = face_y - y - self.velocity[1] * seconds
        distance = math.hypot(off_x, off_y) / ((size + other) / 2)
        reach = min(_REACH + _REACH_PER_S * seconds, _LONGEST_REACH)
        return distance if distance <= reach else math.inf

    def follow(self, face: Face, at: datetime) -> None:
        """Moves to where the face is now."""
        seconds = (at - self.seen_at).total_seconds()
        if seconds > 0:
            moves = zip(_centre(face.box), _centre(self.box), self.velocity, strict=True)
            x, y = ((0.5 * before + 0.5 * (now - was) / seconds) for now, was, before in moves)
            self.velocity = x, y
        self.doubtful |= self.missed >= _LONG_GONE
        self.box, self.seen_at, self.missed = face.box, at, 0


class Tracker:
    """All tracks of one camera. One track is one visit.

    Args:
        ttl_s: how long a face may be unseen, and still be the same one when it comes back.
    """

    def __init__(self, *, ttl_s: float) -> None:
        self._ttl_s = ttl_s
        self._tracks: list[Track] = []

    def __len__(self) -> int:
        return len(self._tracks)

    def lost(self, at: datetime) -> list[Track]:
        """Lets go of the tracks that are unseen for too long, and gives them."""
        gone = [t for t in self._tracks if (at - t.seen_at).total_seconds() > self._ttl_s]
        self._tracks = [track for track in self._tracks if track not in gone]
        return gone

    def follow(self, at: datetime, faces: Sequence[Face]) -> list[Track]:
        """The track of each face, in the same order; a face that continues none begins one."""
        pairs = dict(self._pairs(at, faces))
        for track in self._tracks:
            track.missed += 1
        for number, track in pairs.items():
            track.follow(faces[number], at)
        for number, face in enumerate(faces):
            if number not in pairs:
                pairs[number] = Track(face.box, at)
                self._tracks.append(pairs[number])
        self._doubt_parted()
        return [pairs[number] for number in range(len(faces))]

    def _pairs(self, at: datetime, faces: Sequence[Face]) -> Iterator[tuple[int, Track]]:
        """Nearest first, each face and each track once."""
        distances = [
            (distance, number, track)
            for track in self._tracks
            for number, face in enumerate(faces)
            if (distance := track.distance(face, at)) < math.inf
        ]
        taken_faces: set[int] = set()
        taken_tracks: set[int] = set()
        for _, number, track in sorted(distances, key=lambda pair: pair[0]):
            if number not in taken_faces and id(track) not in taken_tracks:
                taken_faces.add(number)
                taken_tracks.add(id(track))
                yield number, track

    def _doubt_parted(self) -> None:
        for track in self._tracks:
            others = (other.box for other in self._tracks if other is not track)
            nearest = max((overlap(track.box, box) for box in others), default=0.0)
            parted = track.touching and nearest == 0
            track.doubtful |= parted
            track.touching = not parted and (track.touching or nearest > _TOUCHING)


def _centre(box: Box) -> tuple[float, float]:
    return box.x + box.width / 2, box.y + box.height / 2


def _size(box: Box) -> float:
    return math.sqrt(box.width * box.height)
