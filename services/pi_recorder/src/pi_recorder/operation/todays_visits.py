"""Collect today's visitors from the visits, including current ones.

A visit belongs to the day of its last event. Nothing is kept on disk: after a restart the list is
empty.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime

from facecore.contract import PersonRecord
from pi_recorder.events import Seen, TrackState, VisitBegan, VisitEnded, VisitNamed
from pi_recorder.operation.status import Person, Today, Visitor

_MAX_OPEN = 200
_MAX_PEOPLE = 2000
_LISTED = 100

VisitEvent = Seen | VisitBegan | VisitNamed | VisitEnded


@dataclass(frozen=True, slots=True)
class _Visit:
    began_at: datetime
    last_at: datetime
    state: TrackState = TrackState.UNSEEN
    person: PersonRecord | None = None
    similarity: float | None = None


class TodaysVisits:
    """The visitors of one day; of thousands of people, only the latest are kept."""

    def __init__(self, since: datetime) -> None:
        self._open: OrderedDict[str, _Visit] = OrderedDict()
        self._begin(since)

    def _begin(self, since: datetime) -> None:
        self._since = since
        self._people: OrderedDict[str, Visitor] = OrderedDict()
        self._nameless: Counter[TrackState] = Counter()

    def turn_to(self, now: datetime) -> None:
        """Clear the list when ``now``, in local time, is another day."""
        if now.date() != self._since.astimezone(now.tzinfo).date():
            self._begin(now)

    def follow(self, event: VisitEvent) -> None:
        """Add one event of a visit."""
        match event:
            case Seen():
                self._saw(event)
            case VisitBegan(track, at):
                self._keep(track, _Visit(at, at))
            case VisitNamed():
                self._named(event)
            case VisitEnded(track):
                self._open.pop(track, None)
                self._close(
                    _Visit(
                        event.began_at,
                        event.ended_at,
                        event.state,
                        event.person,
                        event.similarity,
                    )
                )

    def today(self) -> Today:
        """Return today's visitors so far."""
        people, nameless = self._people.copy(), self._nameless.copy()
        for visit in self._open.values():
            _count(visit, people, nameless)
        latest = sorted(people.values(), key=lambda seen: seen.last_seen, reverse=True)
        return Today(
            since=self._since,
            visitors=tuple(latest[:_LISTED]),
            not_listed=max(0, len(latest) - _LISTED),
            unknown=nameless[TrackState.UNKNOWN],
            uncertain=nameless[TrackState.UNCERTAIN],
        )

    def _saw(self, seen: Seen) -> None:
        for face in seen.faces:
            if visit := self._open.get(face.track):
                best = visit.similarity
                if _is_of(visit, face.person):
                    best = _larger(best, face.similarity)
                seen_again = replace(visit, last_at=seen.captured_at, similarity=best)
                self._keep(face.track, seen_again)

    def _named(self, named: VisitNamed) -> None:
        before = self._open.get(named.track)
        began_at = before.began_at if before else named.at
        similarity = named.similarity
        if before and _is_of(before, named.person):
            similarity = _larger(before.similarity, similarity)
        visit = _Visit(began_at, named.at, named.state, named.person, similarity)
        self._keep(named.track, visit)

    def _keep(self, track: str, visit: _Visit) -> None:
        self._open[track] = visit
        if len(self._open) > _MAX_OPEN:
            _, lost = self._open.popitem(last=False)
            self._close(lost)

    def _close(self, visit: _Visit) -> None:
        _count(visit, self._people, self._nameless)
        if len(self._people) > _MAX_PEOPLE:
            self._people.popitem(last=False)


def _is_of(visit: _Visit, person: PersonRecord | None) -> bool:
    return bool(visit.person and person and visit.person.label == person.label)


def _count(visit: _Visit, people: OrderedDict[str, Visitor], nameless: Counter[TrackState]) -> None:
    if visit.state is not TrackState.MATCH or visit.person is None:
        nameless[visit.state] += 1
        return
    label = visit.person.label
    before = people.pop(label, None)
    people[label] = Visitor(
        person=Person.of(visit.person),
        first_seen=min(before.first_seen, visit.began_at) if before else visit.began_at,
        last_seen=max(before.last_seen, visit.last_at) if before else visit.last_at,
        visits=before.visits + 1 if before else 1,
        best_similarity=_larger(before.best_similarity if before else None, visit.similarity),
    )


def _larger(one: float | None, other: float | None) -> float | None:
    known = [value for value in (one, other) if value is not None]
    return max(known, default=None)
