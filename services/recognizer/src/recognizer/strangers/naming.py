"""A stranger gets a name: the best crops become photos, and what was seen is the person's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from facecore.contract import (
    Decision,
    NamedStranger,
    PersonUpdate,
    Photo,
    Sighting,
    StrangerNaming,
)
from recognizer.clock import Clock
from recognizer.enrolment import Enrolment
from recognizer.errors import CropNotFound, PersonExists, PersonNotFound, PhotoRefused
from recognizer.ports import KeptCrop, KeptCrops, People, Sightings
from recognizer.strangers.grouping import Group
from recognizer.strangers.listing import Strangers
from recognizer.strangers.visits import of_crop

MOST_PHOTOS = 3
"""Of one stranger; more of the same days would add little."""
MOST_MOVED = 200
"""Crops of one stranger that get the name at once, the newest; a bound on the time."""


@dataclass(frozen=True, slots=True)
class Naming:
    """Makes people of strangers.

    What changes, in this order: the record, the photos, then crop by crop its sightings and the
    crop. Whoever is stopped in between finds the rest among the strangers still, looking like
    the person, and can say so again.
    """

    strangers: Strangers
    crops: KeptCrops
    sightings: Sightings
    people: People
    enrolment: Enrolment
    now: Clock

    def name(self, stranger_id: str, naming: StrangerNaming) -> NamedStranger:
        """Makes the person.

        Raises:
            StrangerNotFound: see ``Strangers.group``.
            PersonExists: the label is taken.
            PhotoRefused: no crop can be enrolled; nobody is made.
        """
        group = self.strangers.group(stranger_id)
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

    def assign(self, stranger_id: str, label: str) -> NamedStranger:
        """Says that it is somebody who is known.

        Raises:
            StrangerNotFound: see ``Strangers.group``.
            PersonNotFound: nobody has the label.
            PhotoRefused: no crop can be enrolled; nothing is changed.
        """
        self.people.get(label)
        group = self.strangers.group(stranger_id)
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

    def _hand_over(self, label: str, group: Group, photos: Sequence[Photo]) -> NamedStranger:
        newest = sorted(group.crops, key=lambda crop: crop.face.captured_at, reverse=True)
        crops = sightings = 0
        for crop in newest[:MOST_MOVED]:
            named = [_named(one, label) for one in of_crop(self.sightings, crop)]
            self.sightings.correct(named)
            sightings += len(named)
            crops += self._move(crop, label)
        return NamedStranger(label=label, photos=list(photos), crops=crops, sightings=sightings)

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
