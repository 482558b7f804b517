"""Run these tests on every store: fixtures that open the stores, helpers that fill them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from facecore.contract import (
    Box,
    Decision,
    PersonUpdate,
    Photo,
    Quality,
    SeenFace,
    Sighting,
    Video,
    VideoState,
)
from facecore.vision.gallery import Embedding
from recognizer.domain.ports import EnrolledFace, KeptCrop, Stores
from services.recognizer.tests.service import SettableClock
from services.recognizer.tests.stores.store_backends import STORE_BACKENDS
from tests.support import dynamodb_local

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
BOX = Box(x=-1.5, y=2, width=30, height=40)
QUALITY = Quality(accepted=True, size_px=30, sharpness=100, brightness=99, yaw=0.1)


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOON)


def _params() -> list[object]:
    """Return the local store; those on AWS in `make test-all` only, as `make test` has `tests/aws`.

    Where DynamoDB Local is missing, ``test_dynamodb_local.py`` says so once.
    """
    aws = [name for name in STORE_BACKENDS if name != "local"]
    if dynamodb_local.missing():
        aws.remove("aws on DynamoDB Local")
    return ["local", *(pytest.param(name, marks=pytest.mark.exhaustive) for name in aws)]


@pytest.fixture(params=_params())
def stores(
    request: pytest.FixtureRequest, tmp_path: Path, clock: SettableClock
) -> Iterator[Stores]:
    stores = STORE_BACKENDS[request.param](tmp_path, clock)
    yield stores
    stores.close()


def person(stores: Stores, label: str) -> None:
    stores.people.put(label, PersonUpdate(name=label), NOON)


def face(label: str, number: int, *, model: str = "m1", axis: int = 0) -> EnrolledFace:
    photo = Photo(
        id=f"{number:032x}",
        label=label,
        sha256=f"{number:064x}",
        model=model,
        box=BOX,
        quality=QUALITY,
        created_at=NOON + timedelta(seconds=number),
    )
    return EnrolledFace(photo, Embedding(model, np.eye(4, dtype=np.float32)[axis]))


def add(stores: Stores, enrolled: EnrolledFace, picture: bytes = b"picture") -> int:
    return stores.faces.add(enrolled, picture, seen_version=stores.faces.version())


def sighting(
    number: int,
    *,
    label: str | None = None,
    device: str = "door",
    minutes: float = 0,
    track: str | None = "t1",
) -> Sighting:
    return Sighting(
        id=f"{number:032x}",
        device=device,
        captured_at=NOON + timedelta(minutes=minutes),
        received_at=NOON,
        decision=Decision.UNKNOWN if label is None else Decision.MATCH,
        label=label,
        similarity=None if label is None else 0.75,
        margin=None,
        box=BOX,
        video="vidinput/door/a.mp4",
        offset_ms=1500,
        track=track,
    )


def video(number: int, *, device: str = "door") -> Video:
    return Video(
        key=f"vidinput/{device}/{number:04}.mp4",
        device=device,
        started_at=NOON + timedelta(minutes=number),
        duration_ms=60_000,
        size_bytes=1000,
        sha256=f"{number:064x}",
        state=VideoState.ANNOUNCED,
    )


def crops_of(stores: Stores, label: str) -> list[KeptCrop]:
    """Return a person's crops by id."""
    return [crop for crop, _ in stores.crops.of_person(label)]


def crop(
    number: int,
    *,
    label: str | None = None,
    visit: int = 0,
    model: str = "m1",
    axis: int = 0,
    minutes: int = 0,
) -> KeptCrop:
    seen = SeenFace(
        sighting=f"{number:032x}",
        device="door",
        captured_at=NOON + timedelta(minutes=minutes),
        received_at=NOON,
        track="t1",
        decision=Decision.UNKNOWN if label is None else Decision.MATCH,
        box=BOX,
        quality=QUALITY,
    )
    vector = np.eye(4, dtype=np.float32)[axis]
    return KeptCrop(f"{visit:016x}{number:016x}", label, seen, Embedding(model, vector))
