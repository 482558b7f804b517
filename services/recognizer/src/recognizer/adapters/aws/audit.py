"""The port ``Audit`` on DynamoDB: items in the devices' table, ordered by time."""

from __future__ import annotations

from contextlib import suppress

from boto3.dynamodb.conditions import Attr

from facecore.contract import AuditEntry, AuditList, AuditOutcome
from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.dynamo import Dynamo
from recognizer.adapters.aws.errors import ConditionFailed
from recognizer.adapters.aws.items import Item, expires_at, unexpired
from recognizer.adapters.aws.timeline import Partition, Wanted, newest, sort_key
from recognizer.adapters.damage import readable_rows
from recognizer.domain.clock import Clock
from recognizer.domain.ports import AUDIT_LIFETIME, AuditFilter

_KIND = "audit"
_STILL_INTENDED = Attr("outcome").eq(AuditOutcome.INTENDED.value)


class AwsAudit:
    """Audit entries in one partition, since an admin makes few writes a second."""

    def __init__(self, dynamo: Dynamo, names: Names, now: Clock) -> None:
        self._dynamo = dynamo
        self._table = names.devices
        self._now = now

    def append(self, entry: AuditEntry) -> None:
        """Add an entry as one item."""
        self._dynamo.put(self._table, _item(entry))

    def complete(self, entry: AuditEntry) -> None:
        """Complete an intended entry. Do nothing if it is complete, such as by a lost response."""
        with suppress(ConditionFailed):
            self._dynamo.put(self._table, _item(entry), _STILL_INTENDED)

    def list(self, wanted: AuditFilter, *, after: str | None, limit: int) -> AuditList:
        """Return a page, newest first. With a filter a short page may not be the last."""
        page = newest(
            self._dynamo,
            [Partition(self._table, "kind", _KIND, sort="id")],
            self._wanted(wanted),
            after=after,
            limit=limit,
        )
        entries = readable_rows("audit entry", page.items, _entry, lambda item: item["id"])
        return AuditList(entries=entries, next=page.next)

    def _wanted(self, wanted: AuditFilter) -> Wanted:
        filters = {"action": wanted.action, "subject": wanted.subject}
        values = {name: value for name, value in filters.items() if value is not None}
        only = unexpired(self._now(), **values)
        return Wanted(wanted.since, wanted.until, only, rare=bool(values))


def _entry(item: Item) -> AuditEntry:
    return AuditEntry.model_validate_json(str(item["body"]))


def _item(entry: AuditEntry) -> Item:
    """Return the item: the entry's JSON, and as attributes the values that filters read."""
    about: Item = {} if entry.subject is None else {"subject": entry.subject}
    return {
        "kind": _KIND,
        "id": sort_key(entry.at, entry.id),
        "action": entry.action,
        "outcome": entry.outcome.value,
        "body": entry.model_dump_json(),
        "expires_at": expires_at(entry.at, AUDIT_LIFETIME),
        **about,
    }
