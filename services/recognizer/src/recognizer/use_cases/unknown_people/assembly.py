"""Puts the use cases about strangers together."""

from __future__ import annotations

from dataclasses import dataclass

from recognizer.domain.clock import Clock
from recognizer.domain.ports import Stores, Vision
from recognizer.settings import Settings
from recognizer.use_cases.enrolment import Enrolment
from recognizer.use_cases.gallery_cache import GalleryCache
from recognizer.use_cases.unknown_people.crop_retention import CropKeeper
from recognizer.use_cases.unknown_people.identification import Naming, WrongNames
from recognizer.use_cases.unknown_people.ignoring import Ignoring
from recognizer.use_cases.unknown_people.listing import Strangers


@dataclass(frozen=True, slots=True)
class StrangerCases:
    """What the admin does with strangers, and with names that were wrong."""

    listing: Strangers
    naming: Naming
    ignoring: Ignoring
    wrong_names: WrongNames


def stranger_cases(
    settings: Settings,
    vision: Vision,
    stores: Stores,
    *,
    gallery: GalleryCache,
    enrolment: Enrolment,
    now: Clock,
) -> StrangerCases:
    """The use cases over these stores."""
    listing = Strangers(
        crops=stores.crops,
        ignored=stores.ignored,
        people=stores.people,
        gallery=gallery,
        vision=vision,
        kept_days=settings.crop_lifetime.days,
    )
    return StrangerCases(
        listing=listing,
        naming=Naming(listing, stores.crops, stores.sightings, stores.people, enrolment, now),
        ignoring=Ignoring(listing, stores.crops, stores.ignored, settings.sighting_lifetime, now),
        wrong_names=WrongNames(stores.sightings, stores.crops),
    )


def crop_keeper(settings: Settings, vision: Vision, stores: Stores) -> CropKeeper | None:
    """None when the settings want no crops."""
    if settings.stranger_days == 0:
        return None
    return CropKeeper(stores.crops, stores.ignored, stores.sightings, vision.thresholds.match)
