"""Which sightings are of one visit, and so get or lose a name together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from facecore.contract import Sighting
from recognizer.ports import KeptCrop, Sightings, SightingsWanted

_AROUND = timedelta(hours=1)
"""How far before and after a sighting those of the same visit are looked for."""
_WITHOUT_TRACK = timedelta(minutes=1)
"""As far as a crop stands for the pictures around it, when they have no track."""
_PAGE = 500


def of_same_visit(sightings: Sightings, one: Sighting) -> list[Sighting]:
    """The sighting, and those of its device's that say the same and are of its track, or its crop.

    Whoever stays for longer than an hour before or after may have more.
    """
    return [
        other
        for other in _around(sightings, one)
        if other.label == one.label and (other.id == one.id or _is_same_visit(other, one))
    ]


def of_crop(sightings: Sightings, crop: KeptCrop) -> list[Sighting]:
    """The unnamed sightings that a stranger's crop stands for; none if they are forgotten."""
    face = crop.face
    around = _AROUND if face.track is not None else _WITHOUT_TRACK
    wanted = SightingsWanted(
        device=face.device, since=face.captured_at - around, until=face.captured_at + around
    )
    return [
        sighting
        for sighting in _all(sightings, wanted)
        if sighting.label is None and sighting.crop == crop.id
    ]


def _around(sightings: Sightings, one: Sighting) -> Iterator[Sighting]:
    around = _AROUND if one.track is not None else _WITHOUT_TRACK
    wanted = SightingsWanted(
        device=one.device, since=one.captured_at - around, until=one.captured_at + around
    )
    return _all(sightings, wanted)


def _all(sightings: Sightings, wanted: SightingsWanted) -> Iterator[Sighting]:
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
