"""Test which expiry DynamoDB gets, and that expired items are left out before it deletes them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta

import pytest

from facecore.contract import Device
from recognizer.adapters.aws import open_aws
from recognizer.domain.ports import KeptSession, SightingFilter, Stores, VideoFilter
from recognizer.settings import Settings
from services.recognizer.tests.service import SettableClock
from services.recognizer.tests.stores.conftest import NOON, person, sighting, video
from services.recognizer.tests.stores.test_tracks import track
from tests.support.aws_resources import EXPIRY
from tests.support.moto import Moto

VIDEO_DAYS = 30


def expiries(aws: Moto, table: str) -> set[int | None]:
    found = aws.dynamodb().scan(TableName=table, ConsistentRead=True)["Items"]
    return {int(item[EXPIRY]["N"]) if EXPIRY in item else None for item in found}


@pytest.fixture
def forgetting(
    stores: Stores, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stores]:
    """Open a store on the same tables whose bucket keeps videos for some days only."""
    monkeypatch.setenv("RECOGNIZER_VIDEO_DAYS", str(VIDEO_DAYS))
    stores = open_aws(Settings(), now=clock)
    yield stores
    stores.close()


def test_a_sighting_and_its_copy_expire_together(stores: Stores, aws: Moto) -> None:
    person(stores, "ada")
    stores.sightings.add([sighting(1, label="ada", minutes=-60)])
    last = math.ceil((NOON + timedelta(days=90)).timestamp())
    assert expiries(aws, aws.names.sightings) == {last}


def test_a_track_and_its_copy_expire_as_sightings_do(stores: Stores, aws: Moto) -> None:
    stores.tracks.put(track("a", minutes=-60, lasts=30))
    last = math.ceil((NOON + timedelta(days=90)).timestamp())
    assert expiries(aws, aws.names.sightings) == {last}


def test_expired_sightings_that_are_still_there_hide_no_others(
    stores: Stores, clock: SettableClock
) -> None:
    """Test a late upload, which is received after those around it and kept longer."""
    stores.sightings.add([sighting(n, minutes=n) for n in range(20)])
    clock.move(timedelta(days=1))
    late = sighting(50, minutes=5).model_copy(update={"received_at": clock()})
    stores.sightings.add([late])
    clock.move(timedelta(days=89, seconds=1))
    found, after = [], None
    while True:
        page = stores.sightings.list(SightingFilter(), after=after, limit=2)
        found += page.sightings
        if (after := page.next) is None:
            break
    assert found == [late]


def test_a_session_is_forgotten_after_it_has_expired(stores: Stores, aws: Moto) -> None:
    ends = NOON + timedelta(hours=12)
    stores.sessions.add(KeptSession("a" * 64, "b" * 64, NOON, ends))
    assert expiries(aws, aws.names.devices) == {math.ceil(ends.timestamp())}


def test_devices_are_never_forgotten(stores: Stores, aws: Moto) -> None:
    stores.devices.add(Device(name="door", created_at=NOON), "a" * 64)
    stores.admin_tokens.set_first("b" * 64)
    assert expiries(aws, aws.names.devices) == {None}


def test_videos_are_kept_for_ever_unless_the_bucket_forgets_them(stores: Stores, aws: Moto) -> None:
    stores.videos.announce(video(1))
    assert expiries(aws, aws.names.videos) == {None}


def test_a_video_expires_with_its_object_in_the_bucket(
    forgetting: Stores, aws: Moto, clock: SettableClock
) -> None:
    """Test that its days count from its arrival, as the bucket's do, not from its pictures."""
    old = video(1).model_copy(update={"started_at": NOON - timedelta(days=99)})
    forgetting.videos.announce(old)
    last = math.ceil((NOON + timedelta(days=VIDEO_DAYS)).timestamp())
    assert expiries(aws, aws.names.videos) == {last}
    assert forgetting.videos.list(VideoFilter(), after=None, limit=9).videos == [old]
    clock.move(timedelta(days=VIDEO_DAYS, seconds=1))
    assert forgetting.videos.list(VideoFilter(), after=None, limit=9).videos == []
    assert forgetting.videos.list(VideoFilter(device="door"), after=None, limit=9).videos == []


def test_a_forgotten_video_that_is_announced_again_is_new(
    forgetting: Stores, clock: SettableClock
) -> None:
    forgetting.videos.announce(video(1))
    forgetting.videos.mark_stored(video(1).key)
    assert not forgetting.videos.announce(video(1))[1]
    clock.move(timedelta(days=VIDEO_DAYS, seconds=1))
    assert forgetting.videos.announce(video(1)) == (video(1), True)
