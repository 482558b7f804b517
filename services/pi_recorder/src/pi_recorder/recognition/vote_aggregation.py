"""Aggregate several answers about one visit into one verdict."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from facecore.contract import Decision, PersonRecord, RecognizedFace
from pi_recorder.events import TrackState

_UNCERTAIN_WEIGHT: Final = 0.5
_TO_TAKE_A_NAME_BACK: Final = 2.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision about a visit.

    Attributes:
        person: the record, for a match only.
        similarity: the best among the answers for the person, or among the uncertain ones.
    """

    state: TrackState
    person: PersonRecord | None = None
    similarity: float | None = None

    def same_as(self, other: Verdict) -> bool:
        """Return whether both have the same state and the same person."""
        return (self.state, _label(self.person)) == (other.state, _label(other.person))


class VoteAggregator:
    """A weighted vote of answers: by their similarity and the square of their shot's score.

    The score is squared because one good close shot must outweigh several distant ones.

    A name is the verdict while it outweighs all other names and all answers ``unknown``.
    The verdict becomes ``unknown`` only when those weigh twice as much as all names; in between it
    is ``uncertain``.

    Attributes:
        decided_at: when the shot of the latest answer was captured.
    """

    def __init__(self) -> None:
        self._names: defaultdict[str, float] = defaultdict(float)
        self._best: dict[str, tuple[PersonRecord, float]] = {}
        self._denied = self._open = 0.0
        self._nearest: float | None = None
        self.decided_at: datetime | None = None

    def add(self, face: RecognizedFace, score: float, at: datetime) -> None:
        """Count the decision about a face; ignore a face that was not compared.

        Args:
            face: a face of an answer.
            score: the shot's score, 0.1 to 1.
            at: when the shot was captured.
        """
        if not face.quality.accepted:
            return
        self.decided_at = at
        similarity, weight = face.similarity or 0.0, score * score
        if face.decision is Decision.UNKNOWN:
            self._denied += weight * (1 - max(0.0, similarity))
        elif face.decision is Decision.UNCERTAIN or face.person is None:
            self._open += weight * _UNCERTAIN_WEIGHT
            self._nearest = max(similarity, self._nearest or 0.0)
        else:
            self._named(face.person, similarity, weight)

    def verdict(self) -> Verdict:
        """Return the verdict of the answers so far."""
        if self.decided_at is None:
            return Verdict(TrackState.UNSEEN)
        named = sum(self._names.values())
        leader = max(self._names, key=lambda label: self._names[label], default=None)
        if leader is not None and 2 * self._names[leader] > named + self._denied:
            person, similarity = self._best[leader]
            return Verdict(TrackState.MATCH, person, similarity)
        if self._denied > _TO_TAKE_A_NAME_BACK * named + self._open:
            return Verdict(TrackState.UNKNOWN)
        return Verdict(TrackState.UNCERTAIN, similarity=self._nearest)

    def _named(self, person: PersonRecord, similarity: float, weight: float) -> None:
        self._names[person.label] += weight * similarity
        best = max(similarity, self._best[person.label][1] if person.label in self._best else -1.0)
        self._best[person.label] = person, best


def _label(person: PersonRecord | None) -> str | None:
    return None if person is None else person.label
