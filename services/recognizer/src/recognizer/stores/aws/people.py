"""The port ``People`` on DynamoDB."""

from __future__ import annotations

import json
from datetime import datetime
from itertools import islice

from facecore.contract import Person, PersonList, PersonUpdate
from recognizer.errors import CursorInvalid, PersonNotFound, StoreUnavailable
from recognizer.ports import Deletion
from recognizer.stores.aws.deletion import PersonDeletion
from recognizer.stores.aws.dynamo import Dynamo
from recognizer.stores.aws.dynamo_errors import ConditionFailed
from recognizer.stores.aws.dynamo_requests import Expression, Item, Query
from recognizer.stores.aws.names import Names
from recognizer.stores.aws.records import LISTED, is_there, person

_ATTEMPTS = 5
_LONGEST_KEY = 1024
"""Bytes of a sort key."""


class AwsPeople:
    """Records, by label."""

    def __init__(self, dynamo: Dynamo, names: Names, deletion: PersonDeletion) -> None:
        self._dynamo = dynamo
        self._table = names.people
        self._deletion = deletion

    def get(self, label: str) -> Person:
        """Raises ``PersonNotFound``."""
        item = self._dynamo.get(self._table, {"label": label})
        if item is None or not is_there(item):
            raise PersonNotFound(label)
        return person(item)

    def put(self, label: str, update: PersonUpdate, at: datetime) -> tuple[Person, bool]:
        """Makes the record or replaces it; a deletion that was cut short is finished first."""
        values = {
            "name": update.name,
            "attributes": json.dumps(update.attributes, ensure_ascii=False),
            "updated_at": at.isoformat(),
        }
        for _ in range(_ATTEMPTS):
            try:
                before = self._write(label, values)
            except ConditionFailed:
                self._finish(label)
            else:
                born = {"created_at": values["updated_at"], "label": label}
                return person({**born, **before, **values}), not before
        raise StoreUnavailable(f"{label!r} is being deleted; try again in a moment")

    def list(self, *, after: str | None, limit: int) -> PersonList:
        """By label; the cursor is the last label."""
        if after is not None and len(after.encode()) > _LONGEST_KEY:
            raise CursorInvalid("'after' must be the 'next' of the page before")
        text = "#listed = :listed" + (" AND #label > :after" if after else "")
        values: Item = {"listed": LISTED, **({"after": after} if after else {})}
        query = Query(self._table, Expression(text, values), index="by_label")
        items = list(islice(self._dynamo.query(query, limit=limit + 1), limit + 1))
        people = [person(item) for item in items[:limit]]
        return PersonList(people=people, next=people[-1].label if len(items) > limit else None)

    def delete(self, label: str) -> Deletion:
        """Marks the person as deleted, then takes everything away, whoever began with it."""
        self._deletion.mark(label)
        return self._deletion.finish(label)

    def _write(self, label: str, values: Item) -> Item:
        texts = ", ".join(f"#{name} = :{name}" for name in values)
        born = "#created_at = if_not_exists(#created_at, :updated_at), #listed = :listed"
        return self._dynamo.update(
            self._table,
            {"label": label},
            Expression(f"SET {texts}, {born}", {**values, "listed": LISTED}),
            Expression("attribute_not_exists(#deletion)"),
        )

    def _finish(self, label: str) -> None:
        try:
            self._deletion.finish(label)
        except PersonNotFound:  # whoever deletes the person has finished
            return
