"""Give an unknown person a name, or take a wrong name away: crops and sightings change owner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from facecore.contract import (
    Decision,
    NamedUnknownPerson,
    NotThisPerson,
    PersonUpdate,
    Photo,
    Sighting,
    UnknownPersonNaming,
)
from recognizer.domain.clock import Clock
from recognizer.domain.errors import (
    CropNotFound,
    PersonExists,
    PersonNotFound,
    PhotoRefused,
    SightingUnnamed,
)
from recognizer.domain.ports import KeptCrop, KeptCrops, People, SightingFilter, Sightings, unnamed
from recognizer.use_cases.enrolment import Enrolment
from recognizer.use_cases.unknown_people.grouping import Group
from recognizer.use_cases.unknown_people.listing import UnknownPeople

MOST_PHOTOS = 3
"""Of one unknown person; more of the same days would add little."""
MOST_MOVED = 200
"""Crops of one unknown person that get the name at once, the newest; a bound on the time."""


@dataclass(frozen=True, slots=True)
class Identification:
    """Makes people of unknown people.

    What changes, in this order: the record, the photos, then crop by crop its sightings and the
    crop. Whoever is stopped in between finds the rest among the unknown people still, looking like
    the person, and can say so again.
    """

    unknown_people: UnknownPeople
    crops: KeptCrops
    sightings: Sightings
    people: People
    enrolment: Enrolment
    now: Clock

    def name(self, unknown_person_id: str, naming: UnknownPersonNaming) -> NamedUnknownPerson:
        """Makes the person.

        Raises:
            UnknownPersonNotFound: see ``Unknown people.group``.
            PersonExists: the label is taken.
            PhotoRefused: no crop can be enrolled; nobody is made.
        """
        group = self.unknown_people.group(unknown_person_id)
        self._require_free(naming.label)
        self.enrolment.check_seen(naming.label, group.best)
        update = PersonUpdate(name=naming.name, attributes=naming.attributes)
        self.people.put(naming.label, update, self.now())
        try:
            photos = self._enrol(naming.label, group)
        except PhotoRefused:  # somebody else enrolled the face meanwhile
            self.enrolment.forget(naming.label)
            raise
        return self._hand_over(naming.label, group, photos)

    def assign(self, unknown_person_id: str, label: str) -> NamedUnknownPerson:
        """Says that it is somebody who is known.

        Raises:
            UnknownPersonNotFound: see ``Unknown people.group``.
            PersonNotFound: nobody has the label.
            PhotoRefused: no crop can be enrolled; nothing is changed.
        """
        self.people.get(label)
        group = self.unknown_people.group(unknown_person_id)
        return self._hand_over(label, group, self._enrol(label, group))

    def _require_free(self, label: str) -> None:
        try:
            self.people.get(label)
        except PersonNotFound:
            return
        raise PersonExists(label)

    def _enrol(self, label: str, group: Group) -> list[Photo]:
        """The best crop must pass the gate; each of the others is a photo only if it does."""
        best, *others = group.ranked()[:MOST_PHOTOS]
        photos = [self._enrol_one(label, best)]
        for crop in others:
            try:
                photos.append(self._enrol_one(label, crop))
            except PhotoRefused:
                continue
        return photos

    def _enrol_one(self, label: str, crop: KeptCrop) -> Photo:
        picture = self.crops.picture(crop.id, None)
        return self.enrolment.add_seen(label, crop, picture).photo

    def _hand_over(self, label: str, group: Group, photos: Sequence[Photo]) -> NamedUnknownPerson:
        newest = sorted(group.crops, key=lambda crop: crop.face.captured_at, reverse=True)
        crops = sightings = 0
        for crop in newest[:MOST_MOVED]:
            named = [_named(one, label) for one in of_crop(self.sightings, crop)]
            self.sightings.correct(named)
            sightings += len(named)
            crops += self._move(crop, label)
        return NamedUnknownPerson(
            label=label, photos=list(photos), crops=crops, sightings=sightings
        )

    def _move(self, crop: KeptCrop, label: str) -> bool:
        try:
            self.crops.move(crop, label)
        except CropNotFound:  # forgotten meanwhile
            return False
        return True


def _named(sighting: Sighting, label: str) -> Sighting:
    """The admin has said so; no similarity was measured to this person."""
    return sighting.model_copy(
        update={"decision": Decision.MATCH, "label": label, "similarity": None, "margin": None}
    )


_AROUND = timedelta(hours=1)
"""How far before and after a sighting those of the same visit are looked for."""
_WITHOUT_TRACK = timedelta(minutes=1)
"""As far as a crop stands for the pictures around it, when they have no track."""
_PAGE = 500


def of_same_visit(sightings: Sightings, one: Sighting) -> list[Sighting]:
    """Return the sightings that get or lose a name with this one.

    It and those of its device that say the same and are of its track, or its crop.

    Whoever stays for longer than an hour before or after may have more.
    """
    return [
        other
        for other in _around(sightings, one)
        if other.label == one.label and (other.id == one.id or _is_same_visit(other, one))
    ]


def of_crop(sightings: Sightings, crop: KeptCrop) -> list[Sighting]:
    """Find the unnamed sightings that a crop stands for; none if they are forgotten."""
    face = crop.face
    around = _AROUND if face.track is not None else _WITHOUT_TRACK
    wanted = SightingFilter(
        device=face.device, since=face.captured_at - around, until=face.captured_at + around
    )
    return [
        sighting
        for sighting in _all(sightings, wanted)
        if sighting.label is None and sighting.crop == crop.id
    ]


def _around(sightings: Sightings, one: Sighting) -> Iterator[Sighting]:
    around = _AROUND if one.track is not None else _WITHOUT_TRACK
    wanted = SightingFilter(
        device=one.device, since=one.captured_at - around, until=one.captured_at + around
    )
    return _all(sightings, wanted)


def _all(sightings: Sightings, wanted: SightingFilter) -> Iterator[Sighting]:
    after = None
    while True:
        page = sightings.list(wanted, after=after, limit=_PAGE)
        yield from page.sightings
        if (after := page.next) is None:
            return


def _is_same_visit(one: Sighting, other: Sighting) -> bool:
    if one.track is not None or other.track is not None:
        return one.track == other.track
    return one.crop is not None and one.crop == other.crop


@dataclass(frozen=True, slots=True)
class Misidentification:
    """Takes a wrong name from a visit's sightings and gives their crop to the unknown people."""

    sightings: Sightings
    crops: KeptCrops

    def not_this_person(self, sighting_id: str) -> NotThisPerson:
        """The crop first: whoever was stopped in between can ask again.

        Raises ``SightingNotFound``, ``SightingUnnamed``.
        """
        wrong = self.sightings.find(sighting_id)
        if wrong.label is None:
            raise SightingUnnamed(sighting_id)
        same = of_same_visit(self.sightings, wrong)
        crops = {sighting.crop for sighting in same if sighting.crop is not None}
        moved = [self._move(crop, wrong.label) for crop in sorted(crops)]
        self.sightings.correct([unnamed(sighting) for sighting in same])
        return NotThisPerson(
            label=wrong.label, sightings=len(same), crop_joined_unknown_people=any(moved)
        )

    def _move(self, crop_id: str, label: str) -> bool:
        try:
            self.crops.move(self.crops.get(crop_id, label), None)
        except CropNotFound:  # forgotten, or moved by who was stopped afterwards
            return False
        return True
