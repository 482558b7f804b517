"""A device as both families of stores keep it: times in microseconds, its status as JSON.

Every device is listed, whatever of it can't be read: its token works, and an admin must see it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from facecore.contract import Device, DeviceStatus, in_utc
from recognizer.stores.damage import readable
from recognizer.stores.moments import from_us


def device_of(kept: Mapping[str, Any]) -> Device:
    """The device; a value that can't be read is none, and the time of registration 1970."""
    name = str(kept["name"])

    def moment(field: str) -> datetime | None:
        at = kept.get(field)
        if at is None:
            return None
        return readable("device", name, lambda: in_utc(from_us(int(at))), where=field)

    return Device(
        name=name,
        created_at=moment("created_at") or from_us(0),
        last_seen_at=moment("last_seen_at"),
        status=_status(name, kept.get("status")),
        status_at=moment("status_at"),
    )


def _status(name: str, kept: object) -> DeviceStatus | None:
    if kept is None:
        return None
    return readable(
        "device",
        name,
        lambda: DeviceStatus.model_validate_json(str(kept)),
        where="status",
        mend="the device's next report replaces it",
    )
