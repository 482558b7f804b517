"""The strangers: groups of the crops that are kept, made when they are asked for."""

from __future__ import annotations

from dataclasses import dataclass

from facecore.contract import Decision, LooksLike, Stranger, StrangerFaces, StrangerList
from recognizer.errors import PersonNotFound, StrangerNotFound
from recognizer.gallery_cache import GalleryCache
from recognizer.ports import IgnoredFaces, KeptCrop, KeptCrops, People, Vision
from recognizer.stores.moments import read_time_cursor, time_cursor, to_us
from recognizer.strangers.grouping import Group, grouped
from recognizer.strangers.similarity import cosine

MOST_CROPS = 2000
"""The newest, which are grouped; a bound on the time that a page takes."""

SHOWN = 6
"""Faces of each stranger in a list."""


@dataclass(frozen=True, slots=True)
class Strangers:
    """Reads crops and groups them. Thread-safe.

    Attributes:
        kept_days: how long a crop is kept.
    """

    crops: KeptCrops
    ignored: IgnoredFaces
    people: People
    gallery: GalleryCache
    vision: Vision
    kept_days: int

    def page(self, *, after: str | None, limit: int) -> StrangerList:
        """A page, who was seen last first. Raises ``CursorInvalid``."""
        before = read_time_cursor(after)
        groups = sorted(self._shown(), key=_place, reverse=True)
        groups = [group for group in groups if _place(group) < before]
        page = groups[:limit]
        return StrangerList(
            strangers=[self._told(group) for group in page],
            kept_days=self.kept_days,
            next=time_cursor(*_place(page[-1])) if len(groups) > limit else None,
        )

    def faces(self, stranger_id: str) -> StrangerFaces:
        """One with all the faces. Raises ``StrangerNotFound``."""
        group = self.group(stranger_id)
        newest = sorted(group.crops, key=_moment, reverse=True)
        return StrangerFaces(stranger=self._told(group), faces=[crop.face for crop in newest])

    def group(self, stranger_id: str) -> Group:
        """The group that holds the crop of this id, which need not have founded it any more.

        Raises:
            StrangerNotFound: there is none, or it is ignored.
        """
        for group in self._shown():
            if any(crop.id == stranger_id for crop in group.crops):
                return group
        raise StrangerNotFound(stranger_id)

    def _shown(self) -> list[Group]:
        model, alike = self.vision.model_id, self.vision.thresholds.match
        groups = grouped(self.crops.strangers(model, MOST_CROPS), alike)
        ignored = [face.embedding for face in self.ignored.list()] if groups else []
        return [
            group
            for group in groups
            if not any(cosine(group.mean, one) >= alike for one in ignored)
        ]

    def _told(self, group: Group) -> Stranger:
        times = [crop.face.captured_at for crop in group.crops]
        return Stranger(
            id=group.id,
            count=len(group.crops),
            first_seen=min(times),
            last_seen=max(times),
            devices=sorted({crop.face.device for crop in group.crops}),
            decision=group.decision,
            best=group.best.face,
            faces=[crop.face for crop in group.ranked()[:SHOWN]],
            nearest=self._nearest(group),
        )

    def _nearest(self, group: Group) -> LooksLike | None:
        """As the gallery has it now: who was enrolled since is found too."""
        (match,) = self.gallery.current().gallery.match([group.mean])
        if match.decision is Decision.UNKNOWN or match.nearest is None or match.similarity is None:
            return None
        try:
            person = self.people.get(match.nearest)
        except PersonNotFound:  # deleted since the gallery was read
            return None
        similarity = max(-1.0, min(1.0, match.similarity))
        return LooksLike(label=person.label, name=person.name, similarity=similarity)


def _moment(crop: KeptCrop) -> tuple[int, str]:
    return to_us(crop.face.captured_at), crop.id


def _place(group: Group) -> tuple[int, str]:
    """Where it stands in the list: when it was seen last, then by its id."""
    return max(to_us(crop.face.captured_at) for crop in group.crops), group.id
