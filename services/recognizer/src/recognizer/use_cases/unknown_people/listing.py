"""The list of unknown people, who are groups of kept crops, and of those who are ignored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from facecore.contract import (
    Decision,
    IgnoredPeople,
    IgnoredPerson,
    NearestPerson,
    Person,
    UnknownPeopleList,
    UnknownPerson,
    UnknownPersonFaces,
)
from facecore.vision.decision import Match
from recognizer.domain.clock import Clock
from recognizer.domain.cursors import read_time_cursor, time_cursor, to_us
from recognizer.domain.errors import UnknownPersonNotFound
from recognizer.domain.ports import IgnoredFace, IgnoredFaces, KeptCrop, KeptCrops, People, Vision
from recognizer.use_cases.gallery_cache import GalleryCache
from recognizer.use_cases.unknown_people.grouping import Group, grouped, highest_cosines

MOST_CROPS = 2000
"""Most crops that are grouped, the newest; this bounds the time that a page takes."""

SHOWN = 6
"""Most faces of each unknown person in a list."""


@dataclass(frozen=True, slots=True)
class UnknownPeople:
    """Reads crops and groups them. Thread-safe.

    Attributes:
        kept_days: how long a crop is kept, in days.
    """

    crops: KeptCrops
    ignored: IgnoredFaces
    people: People
    gallery: GalleryCache
    vision: Vision
    kept_days: int

    def page(self, *, after: str | None, limit: int) -> UnknownPeopleList:
        """Return a page, latest seen first. Raises ``CursorInvalid``."""
        before = read_time_cursor(after)
        groups = sorted(self._shown(), key=_sort_key, reverse=True)
        groups = [group for group in groups if _sort_key(group) < before]
        page = groups[:limit]
        return UnknownPeopleList(
            unknown_people=self._described(page),
            kept_days=self.kept_days,
            next=time_cursor(*_sort_key(page[-1])) if len(groups) > limit else None,
        )

    def faces(self, unknown_person_id: str) -> UnknownPersonFaces:
        """Return one with all faces, newest first. Raises ``UnknownPersonNotFound``."""
        group = self.group(unknown_person_id)
        newest = sorted(group.crops, key=_moment, reverse=True)
        (unknown_person,) = self._described([group])
        return UnknownPersonFaces(
            unknown_person=unknown_person, faces=[crop.face for crop in newest]
        )

    def group(self, unknown_person_id: str) -> Group:
        """Return the group with the crop of this id, which need not be the group's first.

        Raises:
            UnknownPersonNotFound: there is none, or it is ignored.
        """
        for group in self._shown():
            if any(crop.id == unknown_person_id for crop in group.crops):
                return group
        raise UnknownPersonNotFound(unknown_person_id)

    def _shown(self) -> list[Group]:
        model, threshold = self.vision.model_id, self.vision.thresholds.match
        crops = self.crops.unknown_people(model, MOST_CROPS)
        whole = [one for one in crops if len(one.embedding.vector) == self.vision.dimension]
        groups = grouped(whole, threshold)
        ignored = [face.embedding for face in self.ignored.list()] if groups else []
        nearest = highest_cosines([group.mean for group in groups], ignored)
        return [group for group, cosine in zip(groups, nearest, strict=True) if cosine < threshold]

    def _described(self, groups: Sequence[Group]) -> list[UnknownPerson]:
        nearest = self._nearest(groups)
        return [_unknown_person(*one) for one in zip(groups, nearest, strict=True)]

    def _nearest(self, groups: Sequence[Group]) -> list[NearestPerson | None]:
        """Return each group's nearest person in the current gallery, if one is near enough.

        All groups are matched at once. Then a match names each person in only one face, but the
        others are uncertain, which is enough here.
        """
        found = self.gallery.current().gallery.match([group.mean for group in groups])
        look_alikes = [None if one.decision is Decision.UNKNOWN else one.nearest for one in found]
        people = self.people.known([label for label in look_alikes if label is not None])
        return [
            _looks_like(match, people.get(label or ""))
            for match, label in zip(found, look_alikes, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Ignoring:
    """Ignores unknown people: stores the mean embedding and the best crop of each.

    Attributes:
        lifetime: how long a person stays ignored.
    """

    unknown_people: UnknownPeople
    crops: KeptCrops
    faces: IgnoredFaces
    lifetime: timedelta
    now: Clock

    def ignore(self, unknown_person_id: str) -> IgnoredPerson:
        """Hide the person, whose crops expire as usual. Raises ``UnknownPersonNotFound``."""
        group = self.unknown_people.group(unknown_person_id)
        picture = self.crops.picture(group.best.id, None)
        face = IgnoredFace(group.id, self.now(), group.mean)
        self.faces.add(face, picture)
        return self._described(face)

    def list(self) -> IgnoredPeople:
        """Return all ignored people, newest first."""
        return IgnoredPeople(ignored=[self._described(face) for face in self.faces.list()])

    def _described(self, face: IgnoredFace) -> IgnoredPerson:
        return IgnoredPerson(
            id=face.id, ignored_at=face.ignored_at, expires_at=face.ignored_at + self.lifetime
        )


def _looks_like(match: Match, person: Person | None) -> NearestPerson | None:
    if person is None or match.similarity is None:
        return None
    similarity = max(-1.0, min(1.0, match.similarity))
    return NearestPerson(label=person.label, name=person.name, similarity=similarity)


def _unknown_person(group: Group, nearest: NearestPerson | None) -> UnknownPerson:
    times = [crop.face.captured_at for crop in group.crops]
    return UnknownPerson(
        id=group.id,
        count=len(group.crops),
        first_seen=min(times),
        last_seen=max(times),
        devices=sorted({crop.face.device for crop in group.crops}),
        decision=group.decision,
        best=group.best.face,
        faces=[crop.face for crop in group.ranked()[:SHOWN]],
        nearest=nearest,
    )


def _moment(crop: KeptCrop) -> tuple[int, str]:
    return to_us(crop.face.captured_at), crop.id


def _sort_key(group: Group) -> tuple[int, str]:
    """Return when it was last seen, in microseconds since 1970, and its id."""
    return to_us(group.crops[-1].face.captured_at), group.id
