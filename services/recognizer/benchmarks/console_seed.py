"""Part of ``console`` and ``console_aws``: stores with as much data as a school's after a term."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from facecore import samples
from facecore.contract import Device, PersonUpdate, Photo, Quality
from facecore.models.catalogue import embedder
from recognizer.adapters.sqlite import open_local
from recognizer.domain.ports import EnrolledFace, Sightings, Stores
from recognizer.settings import Settings
from recognizer.use_cases.authentication import hash_token, new_device_token
from services.recognizer.benchmarks import console_crops, console_film
from services.recognizer.benchmarks.console_crops import FaceMaker
from services.recognizer.benchmarks.console_film import FILMED, FILMING, SEGMENTS
from services.recognizer.benchmarks.console_visits import (
    BOX,
    CAMERAS,
    DAYS,
    KEPT_DAYS,
    RICH,
    Visit,
    label_of,
    visits,
)

_QUALITY = Quality(accepted=True, size_px=180, sharpness=400, brightness=120, yaw=0.1)
_AT_ONCE = 250
"""Visits whose sightings are written in one transaction."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """The data that the pages show.

    Attributes:
        crops: the number of crops of unknown people.
        filmed_at: the start of a visit in the middle of the recording.
    """

    crops: int
    filmed_at: datetime


def fill(folder: Path, people: int, sightings: int, now: datetime) -> Seeded:
    """Make a store with people and a photo of each, cameras, visits with crops, a recording."""
    settings = Settings(data_dir=folder, crop_days=KEPT_DAYS)
    came = visits(people, sightings, DAYS, now)
    stores = open_local(
        settings.data_dir,
        link_lifetime=settings.upload_link_lifetime,
        sighting_lifetime=settings.sighting_lifetime,
        crop_lifetime=settings.crop_lifetime,
        now=lambda: now,
    )
    with closing(stores), Progress(console=Console(stderr=True)) as bars:
        fill_stores(stores, people, came, now, bars)
        segments = bars.track(range(SEGMENTS), description="recording")
        console_film.record(stores, segments, settings.video_prefix, now)
    return Seeded(
        crops=sum(visit.unknown_person is not None for visit in came if visit.crop is not None),
        filmed_at=_filmed_at(came, now),
    )


def fill_stores(
    stores: Stores, people: int, came: list[Visit], now: datetime, bars: Progress
) -> None:
    """Fill the stores with everything except the recording, always the same."""
    faces = FaceMaker(embedder().id, embedder().dimension, people)
    _enrol(stores, bars.track(range(people), description="people"), faces, now)
    _add_cameras(stores, now)
    starts = range(0, len(came), _AT_ONCE)
    _add_sightings(stores.sightings, bars.track(starts, description="sightings"), came)
    cutouts = console_crops.pictures()
    with_crops = [visit for visit in came if visit.crop is not None]
    console_crops.keep(stores.crops, bars.track(with_crops, description="crops"), faces, cutouts)
    console_crops.ignore(stores.ignored, faces, cutouts, now)
    console_film.follow(stores.tracks, bars.track(came[:RICH], description="ways"))


def _enrol(stores: Stores, people: Iterable[int], faces: FaceMaker, now: datetime) -> None:
    """Enrol people with the same picture and different embeddings, without look-alikes."""
    picture = samples.path("collins").read_bytes()
    version = stores.faces.version()
    for number in people:
        label, embedding = label_of(number), faces.enrolled(number)
        record = PersonUpdate(name=f"Ada Example {number}", attributes={"year": 1 + number % 4})
        stores.people.put(label, record, now)
        photo = Photo(
            id=f"{number:032x}",
            label=label,
            sha256=f"{number:064x}",
            model=embedding.model_id,
            box=BOX,
            quality=_QUALITY,
            created_at=now,
        )
        face = EnrolledFace(photo, embedding)
        version = stores.faces.add(face, picture, seen_version=version)


def _add_cameras(stores: Stores, now: datetime) -> None:
    for name in CAMERAS:
        device = Device(name=name, created_at=now, last_seen_at=now)
        stores.devices.add(device, hash_token(new_device_token()))


def _add_sightings(sightings: Sightings, starts: Iterable[int], came: list[Visit]) -> None:
    for start in starts:
        part = came[start : start + _AT_ONCE]
        sightings.add([sighting for visit in part for sighting in visit.sightings()])


def _filmed_at(came: list[Visit], now: datetime) -> datetime:
    """Return the start of the oldest visit in the recording that another segment follows."""
    return min(v.began_at for v in came if v.device == FILMING and v.began_at > now - FILMED)
