"""The port ``AdminTokens`` on DynamoDB: one item beside the devices."""

from __future__ import annotations

from recognizer.stores.aws.dynamo import Dynamo
from recognizer.stores.aws.dynamo_errors import ConditionFailed
from recognizer.stores.aws.dynamo_requests import Expression, Item
from recognizer.stores.aws.names import Names

_KEY: Item = {"kind": "admin", "id": "token"}


class AwsAdminTokens:
    """The one admin token."""

    def __init__(self, dynamo: Dynamo, names: Names) -> None:
        self._dynamo = dynamo
        self._table = names.devices

    def sha256(self) -> str | None:
        """Hash of the token; none when there is no token yet."""
        item = self._dynamo.get(self._table, _KEY)
        return None if item is None else str(item["token_sha256"])

    def set_first(self, token_sha256: str) -> bool:
        """Keeps the hash if there is none yet; whether it did.

        A write whose answer was lost is tried again and then finds itself.
        """
        try:
            self._put(token_sha256, Expression("attribute_not_exists(#kind)"))
        except ConditionFailed:
            return self.sha256() == token_sha256
        return True

    def replace(self, token_sha256: str) -> None:
        """The token before stops working at once."""
        self._put(token_sha256, None)

    def _put(self, token_sha256: str, condition: Expression | None) -> None:
        self._dynamo.put(self._table, {**_KEY, "token_sha256": token_sha256}, condition)
