"""Follow faces from observation to observation, with boxes that move at a constant velocity.

This is SORT (Bewley et al., "Simple Online and Realtime Tracking", ICIP 2016) without its Kalman
filter and its Hungarian assignment. A face is seen ten times a second and its box is accurate to a
few pixels, so there is little to filter. Pairs are matched nearest first: for a few faces that is
right also when people cross, because a least sum would give up a sure pair for two doubtful ones.
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
"""How far from its expected position a face may be, in sizes of the face; the distance grows with
the time since it was seen. A walking person moves by up to nine sizes a second."""
_MOST_GROWTH: Final = 2.0
"""Most growth of a face from one observation to the next, as a factor of its size."""
_TOUCHING: Final = 0.1
"""Overlap (IoU) from which two faces may be confused, until they part again."""
_LONG_GONE: Final = 3
"""Observations in a row without a face, after which another face may take its position."""


@dataclass(eq=False)
class Track:
    """One face over time.

    Attributes:
        box: its last position.
        seen_at: when that was captured.
        doubtful: whether it may now be another person's face: it has parted from a face that it
            touched, or was missing for several observations. The caller resets it when sure.
    """

    box: Box
    seen_at: datetime
    velocity: tuple[float, float] = (0.0, 0.0)
    missed: int = 0
    touching: bool = False
    doubtful: bool = False

    def distance(self, face: Face, at: datetime) -> float:
        """Return a face's distance from the expected position, in sizes; infinite if too far."""
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
        """Move to the face's position, and update the velocity."""
        seconds = (at - self.seen_at).total_seconds()
        if seconds > 0:
            moves = zip(_centre(face.box), _centre(self.box), self.velocity, strict=True)
            x, y = ((0.5 * before + 0.5 * (now - was) / seconds) for now, was, before in moves)
            self.velocity = x, y
        self.doubtful |= self.missed >= _LONG_GONE
        self.box, self.seen_at, self.missed = face.box, at, 0


class Tracker:
    """All tracks of one camera.

    Args:
        ttl_s: how many seconds a face may be unseen before its track is lost.
    """

    def __init__(self, *, ttl_s: float) -> None:
        self._ttl_s = ttl_s
        self._tracks: list[Track] = []

    def __len__(self) -> int:
        return len(self._tracks)

    def lost(self, at: datetime) -> list[Track]:
        """Remove and return the tracks that were unseen for too long."""
        gone = [t for t in self._tracks if (at - t.seen_at).total_seconds() > self._ttl_s]
        self._tracks = [track for track in self._tracks if track not in gone]
        return gone

    def follow(self, at: datetime, faces: Sequence[Face]) -> list[Track]:
        """Return the track of each face, in the same order; begin new ones where none matches."""
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
        """Yield pairs of face and track, nearest first, each face and each track once."""
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
