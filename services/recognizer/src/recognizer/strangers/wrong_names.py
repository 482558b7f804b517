"""A match was wrong: its visit is a stranger's again."""

from __future__ import annotations

from dataclasses import dataclass

from facecore.contract import NotThisPerson
from recognizer.errors import CropNotFound, SightingUnnamed
from recognizer.ports import KeptCrops, Sightings, unnamed
from recognizer.strangers.visits import of_same_visit


@dataclass(frozen=True, slots=True)
class WrongNames:
    """Takes a name from a visit's sightings and gives their crop to the strangers."""

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
            label=wrong.label, sightings=len(same), crop_joined_strangers=any(moved)
        )

    def _move(self, crop_id: str, label: str) -> bool:
        try:
            self.crops.move(self.crops.get(crop_id, label), None)
        except CropNotFound:  # forgotten, or moved by who was stopped afterwards
            return False
        return True
