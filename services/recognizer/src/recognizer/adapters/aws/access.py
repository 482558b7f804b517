"""The port ``Devices`` on DynamoDB: one item by the token's hash, one by name that refers to it.

The same table holds the ports ``AdminTokens`` and ``Sessions``.
"""

from __future__ import annotations

from datetime import datetime

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from facecore.contract import Device, DeviceStatus
from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.dynamo import Dynamo, attempts
from recognizer.adapters.aws.dynamo_requests import AttributeUpdates, Delete, Put, Query
from recognizer.adapters.aws.errors import ConditionFailed, TransactionRefused
from recognizer.adapters.aws.items import Item, expires_at
from recognizer.adapters.damage import readable, readable_rows
from recognizer.adapters.stored_values import device_of
from recognizer.domain.cursors import from_us, to_us
from recognizer.domain.errors import DeviceExists, DeviceNotFound, StoreUnavailable
from recognizer.domain.ports import KeptSession

_NEW = Attr("kind").not_exists()
_ATTEMPTS = 5


class AwsDevices:
    """Devices, found by name and by the hash of their token."""

    def __init__(self, dynamo: Dynamo, names: Names) -> None:
        self._dynamo = dynamo
        self._table = names.devices

    def add(self, device: Device, token_sha256: str) -> None:
        """Add both items or none. Raise ``DeviceExists``."""
        by_name: Item = {**_by_name(device.name), "token_sha256": token_sha256}
        by_token: Item = {
            **_by_token(token_sha256),
            "name": device.name,
            "created_at": to_us(device.created_at),
            **({} if device.last_seen_at is None else {"last_seen_at": to_us(device.last_seen_at)}),
        }
        try:
            self._dynamo.transact(
                [Put(self._table, by_name, _NEW), Put(self._table, by_token, _NEW)]
            )
        except TransactionRefused as error:
            raise DeviceExists(device.name) from error

    def remove(self, name: str) -> None:
        """Remove both items. Read the token again if it was changed meanwhile."""
        for _ in attempts(_ATTEMPTS):
            token_sha256 = self._token_of(name)
            if token_sha256 is None:
                raise DeviceNotFound(name)
            if self._removed(name, token_sha256):
                return
        raise StoreUnavailable(f"other requests keep changing the device {name!r}; try again")

    def list(self) -> list[Device]:
        """Return all devices, ordered by name."""
        query = Query(self._table, Key("kind").eq("token"))
        items = self._dynamo.query(query)
        found = readable_rows("device", items, device_of, lambda item: item.get("name"))
        return sorted(found, key=lambda device: device.name)

    def find(self, token_sha256: str) -> Device | None:
        """Return the device with this token hash, by one consistent read."""
        item = self._dynamo.get(self._table, _by_token(token_sha256))
        return None if item is None else device_of(item)

    def touch(self, name: str, at: datetime) -> None:
        """Store when the device was last seen. Do nothing if the device is missing."""
        self._note(name, AttributeUpdates({"last_seen_at": to_us(at)}))

    def report(self, name: str, status: DeviceStatus, at: datetime) -> None:
        """Store the device's status. Do nothing if the device is missing."""
        body = status.model_dump_json(exclude_none=True)
        self._note(name, AttributeUpdates({"status": body, "status_at": to_us(at)}))

    def _note(self, name: str, change: AttributeUpdates) -> None:
        token_sha256 = self._token_of(name)
        if token_sha256 is None:
            return
        there = Attr("kind").exists()
        try:
            self._dynamo.update(self._table, _by_token(token_sha256), change, there)
        except ConditionFailed:
            return  # removed meanwhile

    def _token_of(self, name: str) -> str | None:
        item = self._dynamo.get(self._table, _by_name(name))
        return None if item is None else str(item["token_sha256"])

    def _removed(self, name: str, token_sha256: str) -> bool:
        still = Attr("token_sha256").eq(token_sha256)
        try:
            self._dynamo.transact(
                [
                    Delete(self._table, _by_name(name), still),
                    Delete(self._table, _by_token(token_sha256)),
                ]
            )
        except TransactionRefused:
            return False
        return True


def _by_name(name: str) -> dict[str, str]:
    return {"kind": "name", "id": name}


def _by_token(token_sha256: str) -> dict[str, str]:
    return {"kind": "token", "id": token_sha256}


_KEY: Item = {"kind": "admin", "id": "token"}


class AwsAdminTokens:
    """The port ``AdminTokens`` on DynamoDB: one item in the devices' table."""

    def __init__(self, dynamo: Dynamo, names: Names) -> None:
        self._dynamo = dynamo
        self._table = names.devices

    def sha256(self) -> str | None:
        """Return the token's hash; None if there is no token yet."""
        item = self._dynamo.get(self._table, _KEY)
        return None if item is None else str(item["token_sha256"])

    def set_first(self, token_sha256: str) -> bool:
        """Store the hash if there is none yet; return whether it was stored.

        A write whose response was lost is retried. The retry finds the hash and returns True.
        """
        try:
            self._put(token_sha256, _NEW)
        except ConditionFailed:
            return self.sha256() == token_sha256
        return True

    def replace(self, token_sha256: str) -> None:
        """Replace the token's hash. The old token stops working at once."""
        self._put(token_sha256, None)

    def _put(self, token_sha256: str, condition: ConditionBase | None) -> None:
        self._dynamo.put(self._table, {**_KEY, "token_sha256": token_sha256}, condition)


class AwsSessions:
    """The port ``Sessions`` on DynamoDB: items in the devices' table, by the secret's hash."""

    def __init__(self, dynamo: Dynamo, names: Names) -> None:
        self._dynamo = dynamo
        self._table = names.devices

    def add(self, session: KeptSession) -> None:
        """Add a session. DynamoDB deletes it within days after it expires."""
        item: Item = {
            **_key(session.sha256),
            "admin_token_sha256": session.admin_token_sha256,
            "created_at": to_us(session.created_at),
            "ends_at": to_us(session.expires_at),
            "expires_at": expires_at(session.created_at, session.expires_at - session.created_at),
        }
        self._dynamo.put(self._table, item)

    def find(self, sha256: str) -> KeptSession | None:
        """Return the session, by one consistent read; None if it can't be read."""
        item = self._dynamo.get(self._table, _key(sha256))
        if item is None:
            return None
        return readable("session", sha256, lambda: _session(sha256, item))

    def remove(self, sha256: str) -> None:
        """Delete the session at once."""
        self._dynamo.delete(self._table, _key(sha256))


def _session(sha256: str, item: Item) -> KeptSession:
    return KeptSession(
        sha256=sha256,
        admin_token_sha256=str(item["admin_token_sha256"]),
        created_at=from_us(int(item["created_at"])),
        expires_at=from_us(int(item["ends_at"])),
    )


def _key(sha256: str) -> dict[str, str]:
    return {"kind": "session", "id": sha256}
