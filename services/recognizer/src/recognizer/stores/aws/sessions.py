"""The port ``Sessions`` on DynamoDB: an item each, beside the devices, which expires."""

from __future__ import annotations

from recognizer.ports import KeptSession
from recognizer.stores.aws.dynamo import Dynamo
from recognizer.stores.aws.dynamo_requests import Item
from recognizer.stores.aws.expiry import expires_at
from recognizer.stores.aws.names import Names
from recognizer.stores.damage import readable
from recognizer.stores.moments import from_us, to_us


class AwsSessions:
    """Sessions, by the hash of their secret."""

    def __init__(self, dynamo: Dynamo, names: Names) -> None:
        self._dynamo = dynamo
        self._table = names.devices

    def add(self, session: KeptSession) -> None:
        """DynamoDB deletes the item within days after the session expires."""
        item: Item = {
            **_key(session.sha256),
            "admin_token_sha256": session.admin_token_sha256,
            "created_at": to_us(session.created_at),
            "ends_at": to_us(session.expires_at),
            "expires_at": expires_at(session.created_at, session.expires_at - session.created_at),
        }
        self._dynamo.put(self._table, item)

    def find(self, sha256: str) -> KeptSession | None:
        """One consistent read."""
        item = self._dynamo.get(self._table, _key(sha256))
        if item is None:
            return None
        return readable("session", sha256, lambda: _session(sha256, item))

    def remove(self, sha256: str) -> None:
        """It is gone at once."""
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
