"""Test ``Devices`` and ``AdminTokens`` on every store."""

from __future__ import annotations

from datetime import timedelta

import pytest

from facecore.contract import (
    CameraStatus,
    Device,
    DeviceStatus,
    DiskStatus,
    PartState,
    PartStatus,
    QueueStatus,
    RecognitionStatus,
)
from recognizer.domain.errors import DeviceExists, DeviceNotFound
from recognizer.domain.ports import Stores
from services.recognizer.tests.stores.conftest import NOON

STATUS = DeviceStatus(
    version="1.2.3",
    interval_s=60,
    uptime_s=12.5,
    camera=CameraStatus(
        state=PartState.AWAY, since=NOON, reason="unplugged: “Ü”", kind="webcam", width=640
    ),
    recognition=RecognitionStatus(state=PartState.ON, since=NOON, last_answer_at=NOON),
    uploads=PartStatus(state=PartState.STARTING, since=NOON),
    queue=QueueStatus(segments=3, bytes=2**40, oldest_at=NOON, lost_s=0.25),
    disk=DiskStatus(free_bytes=1, total_bytes=2**50),
    temperature_c=51.5,
)


def test_a_device_is_found_by_its_token_s_hash(stores: Stores) -> None:
    door, gate = (Device(name=name, created_at=NOON) for name in ("door", "gate"))
    stores.devices.add(gate, "b" * 64)
    stores.devices.add(door, "a" * 64)
    assert stores.devices.find("a" * 64) == door
    assert stores.devices.find("c" * 64) is None
    assert stores.devices.list() == [door, gate]


def test_a_name_is_taken_once_and_keeps_its_token(stores: Stores) -> None:
    door = Device(name="door", created_at=NOON)
    stores.devices.add(door, "a" * 64)
    with pytest.raises(DeviceExists):
        stores.devices.add(door, "b" * 64)
    assert stores.devices.find("a" * 64) == door
    assert stores.devices.find("b" * 64) is None


def test_a_removed_device_is_gone_and_may_come_back(stores: Stores) -> None:
    door = Device(name="door", created_at=NOON)
    stores.devices.add(door, "a" * 64)
    stores.devices.remove("door")
    assert stores.devices.find("a" * 64) is None
    with pytest.raises(DeviceNotFound):
        stores.devices.remove("door")
    stores.devices.add(door, "b" * 64)
    assert stores.devices.find("b" * 64) == door


def test_a_touch_is_kept_and_makes_no_device(stores: Stores) -> None:
    stores.devices.add(Device(name="door", created_at=NOON), "a" * 64)
    later = NOON + timedelta(hours=1)
    stores.devices.touch("door", later)
    stores.devices.touch("gone", later)
    (door,) = stores.devices.list()
    assert door.last_seen_at == later


def test_a_touch_of_a_device_added_again_is_of_its_new_token(stores: Stores) -> None:
    door = Device(name="door", created_at=NOON)
    stores.devices.add(door, "a" * 64)
    stores.devices.remove("door")
    stores.devices.add(door, "b" * 64)
    stores.devices.touch("door", NOON)
    assert stores.devices.find("a" * 64) is None
    found = stores.devices.find("b" * 64)
    assert found is not None
    assert found.last_seen_at == NOON


def test_the_latest_report_is_kept_unchanged(stores: Stores) -> None:
    stores.devices.add(Device(name="door", created_at=NOON), "a" * 64)
    first = STATUS.model_copy(update={"queue": None, "disk": None})
    stores.devices.report("door", first, NOON)
    stores.devices.touch("door", NOON)
    stores.devices.report("door", STATUS, NOON + timedelta(minutes=1))
    found = stores.devices.find("a" * 64)
    assert found is not None
    assert (found.status, found.status_at) == (STATUS, NOON + timedelta(minutes=1))
    assert found.last_seen_at == NOON
    assert stores.devices.list() == [found]


def test_a_report_makes_no_device_and_does_not_count_for_one_added_again(stores: Stores) -> None:
    door = Device(name="door", created_at=NOON)
    stores.devices.report("door", STATUS, NOON)
    assert stores.devices.list() == []
    stores.devices.add(door, "a" * 64)
    stores.devices.report("door", STATUS, NOON)
    stores.devices.remove("door")
    stores.devices.add(door, "b" * 64)
    assert stores.devices.list() == [door]


def test_devices_are_no_admins_and_admins_no_devices(stores: Stores) -> None:
    stores.devices.add(Device(name="token", created_at=NOON), "a" * 64)
    stores.admin_tokens.set_first("b" * 64)
    assert stores.devices.find("b" * 64) is None
    assert stores.admin_tokens.sha256() == "b" * 64
    assert [one.name for one in stores.devices.list()] == ["token"]


def test_the_first_admin_token_stays_until_it_is_replaced(stores: Stores) -> None:
    assert stores.admin_tokens.sha256() is None
    assert stores.admin_tokens.set_first("a" * 64)
    assert not stores.admin_tokens.set_first("b" * 64)
    assert stores.admin_tokens.sha256() == "a" * 64
    stores.admin_tokens.replace("c" * 64)
    assert stores.admin_tokens.sha256() == "c" * 64
