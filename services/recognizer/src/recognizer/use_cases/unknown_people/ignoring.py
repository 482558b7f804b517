"""Ignored from now on: of somebody's face no crop is kept, and none is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from facecore.contract import IgnoredStranger, IgnoredStrangers
from recognizer.domain.clock import Clock
from recognizer.domain.ports import IgnoredFace, IgnoredFaces, KeptCrops
from recognizer.use_cases.unknown_people.listing import Strangers


@dataclass(frozen=True, slots=True)
class Ignoring:
    """Keeps the mean of a stranger's faces, and the best crop to know the person by.

    Attributes:
        lifetime: after so long the person is a stranger again.
    """

    strangers: Strangers
    crops: KeptCrops
    faces: IgnoredFaces
    lifetime: timedelta
    now: Clock

    def ignore(self, stranger_id: str) -> IgnoredStranger:
        """Raises ``StrangerNotFound``. The crops that are there are hidden, and soon forgotten."""
        group = self.strangers.group(stranger_id)
        picture = self.crops.picture(group.best.id, None)
        face = IgnoredFace(group.id, self.now(), group.mean)
        self.faces.add(face, picture)
        return self._told(face)

    def list(self) -> IgnoredStrangers:
        """All, newest first."""
        return IgnoredStrangers(ignored=[self._told(face) for face in self.faces.list()])

    def _told(self, face: IgnoredFace) -> IgnoredStranger:
        return IgnoredStranger(
            id=face.id, ignored_at=face.ignored_at, expires_at=face.ignored_at + self.lifetime
        )
