"""Part of ``console``: a data folder as full as a school's after a term."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import numpy as np

from facecore import samples
from facecore.contract import Box, Decision, Device, PersonUpdate, Photo, Quality, Sighting
from facecore.gallery import Embedding
from facecore.models.catalogue import embedder
from recognizer.bootstrap import open_stores
from recognizer.ports import EnrolledFace, Stores
from recognizer.settings import Settings
from recognizer.tokens import hash_token, new_device_token

CAMERAS = ("door", "hall", "workshop", "yard")
DAYS = 60
_A_VISIT = 4
"""Sightings of one."""
_BOX = Box(x=420, y=130, width=180, height=220)
_QUALITY = Quality(accepted=True, size_px=180, sharpness=400, brightness=120, yaw=0.1)


def fill(folder: Path, people: int, sightings: int, now: datetime) -> None:
    """People with a photo each, cameras, and sightings over ``DAYS`` days; always the same."""
    chance = random.Random(0)  # noqa: S311 - the same every time is what is wanted
    settings = Settings(data_dir=folder)
    stores = open_stores(settings, now=lambda: now)
    try:
        labels = [f"person-{number:04}" for number in range(people)]
        _enrol(stores, labels, now)
        for name in CAMERAS:
            device = Device(name=name, created_at=now, last_seen_at=now)
            stores.devices.add(device, hash_token(new_device_token()))
        waiting = _sightings(labels, sightings, now, chance)
        while batch := list(islice(waiting, 1000)):
            stores.sightings.add(batch)
    finally:
        stores.close()


def _enrol(stores: Stores, labels: list[str], now: datetime) -> None:
    """The picture is one and the same; the embeddings are random, and so nobody is alike."""
    picture = samples.path("collins").read_bytes()
    model = embedder()
    vectors = np.random.default_rng(0).normal(size=(len(labels), model.dimension))
    version = stores.faces.version()
    for number, (label, vector) in enumerate(zip(labels, vectors, strict=True)):
        record = PersonUpdate(name=f"Ada Example {number}", attributes={"year": 1 + number % 4})
        stores.people.put(label, record, now)
        unit = (vector / np.linalg.norm(vector)).astype(np.float32)
        photo = Photo(
            id=f"{number:032x}",
            label=label,
            sha256=f"{number:064x}",
            model=model.id,
            box=_BOX,
            quality=_QUALITY,
            created_at=now,
        )
        face = EnrolledFace(photo, Embedding(model.id, unit))
        version = stores.faces.add(face, picture, seen_version=version)


def _sightings(
    labels: list[str], count: int, now: datetime, chance: random.Random
) -> Iterator[Sighting]:
    for visit in range(count // _A_VISIT):
        at = now - timedelta(days=DAYS) * (visit + 1) / (count // _A_VISIT)
        decision = chance.choices(list(Decision), weights=(8, 1, 1))[0]
        label = chance.choice(labels) if decision is Decision.MATCH else None
        device, track = chance.choice(CAMERAS), uuid.UUID(int=visit).hex
        for number in range(_A_VISIT):
            taken = at + timedelta(seconds=number)
            yield Sighting(
                id=uuid.UUID(int=visit * _A_VISIT + number).hex,
                device=device,
                captured_at=taken,
                received_at=taken,
                decision=decision,
                label=label,
                similarity=round(chance.uniform(0.2, 0.9), 3),
                margin=0.2,
                box=_BOX,
                video=None,
                offset_ms=None,
                track=track,
            )
