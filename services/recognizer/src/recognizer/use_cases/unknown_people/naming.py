"""Naming: give an unknown person a name, or remove a wrong name from a visit.

Either way, crops and sightings get another label.
"""

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
"""Most photos enrolled of one unknown person; more from the same days would add little."""
MOST_MOVED = 200
"""Most crops of one unknown person that get the name, the newest; this bounds the time."""


@dataclass(frozen=True, slots=True)
class Naming:
    """Gives names to unknown people.

    It changes the record first, then the photos, then crop by crop the sightings and the crop. If
    it is stopped in between, the remaining crops are still listed as an unknown person who looks
    like the person, and can be assigned again.
    """

    unknown_people: UnknownPeople
    crops: KeptCrops
    sightings: Sightings
    people: People
    enrolment: Enrolment
    now: Clock

    def name(self, unknown_person_id: str, naming: UnknownPersonNaming) -> NamedUnknownPerson:
        """Create a person from an unknown person.

        Raises:
            UnknownPersonNotFound: see ``UnknownPeople.group``.
            PersonExists: the label is taken.
            PhotoRefused: no crop can be enrolled; no person is created.
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
        """Assign an unknown person to an enrolled person.

        Raises:
            UnknownPersonNotFound: see ``UnknownPeople.group``.
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
        """Enrol the best crop, which must pass the gate, and those others that pass it."""
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
        except CropNotFound:  # expired meanwhile
            return False
        return True


def _named(sighting: Sighting, label: str) -> Sighting:
    """Return the sighting with the name that the admin gave; its similarity is not known."""
    return sighting.model_copy(
        update={"decision": Decision.MATCH, "label": label, "similarity": None, "margin": None}
    )


_AROUND = timedelta(hours=1)
"""How far before and after a sighting those of the same visit are searched."""
_WITHOUT_TRACK = timedelta(minutes=1)
"""The same for sightings without a track, which share a crop for at most this time."""
_PAGE = 500


def of_same_visit(sightings: Sightings, one: Sighting) -> list[Sighting]:
    """Return the sightings that get or lose a name together with this one.

    These are itself and those with the same device and label, and the same track or crop, at most
    an hour earlier or later.
    """
    return [
        other
        for other in _around(sightings, one)
        if other.label == one.label and (other.id == one.id or _is_same_visit(other, one))
    ]


def of_crop(sightings: Sightings, crop: KeptCrop) -> list[Sighting]:
    """Return the unnamed sightings that a crop represents; none if they have expired."""
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
class Correction:
    """Removes a wrong name from a visit's sightings, and gives their crop to unknown people."""

    sightings: Sightings
    crops: KeptCrops

    def not_this_person(self, sighting_id: str) -> NotThisPerson:
        """Remove the name from the visit of this sighting.

        The crops are moved first, so a call that was stopped in between can be repeated.

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
        except CropNotFound:  # expired, or moved by an earlier call that was stopped
            return False
        return True
