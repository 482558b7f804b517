"""The port ``People`` on DynamoDB."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import islice

from boto3.dynamodb.conditions import Attr, Key

from facecore.contract import Attributes, MergeReceipt, Person, PersonList, PersonUpdate
from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.deletion import MergeInProgress, PersonDeletion
from recognizer.adapters.aws.dynamo import Dynamo, attempts
from recognizer.adapters.aws.dynamo_requests import AttributeUpdates, Query
from recognizer.adapters.aws.errors import ConditionFailed
from recognizer.adapters.aws.items import LISTED, Item, is_there, person
from recognizer.adapters.aws.merge import PersonMerge
from recognizer.adapters.damage import readable_rows
from recognizer.adapters.stored_values import attributes_of
from recognizer.domain.errors import CursorInvalid, PersonNotFound, StoreUnavailable
from recognizer.domain.people import PeopleSearch, require_two
from recognizer.domain.ports import Deletion

MOST_SEARCHED = 2000
"""Records read for one page of a search: about a megabyte, a tenth of a second."""
_ATTEMPTS = 5
_LONGEST_KEY = 1024
"""Most bytes in a sort key."""


class AwsPeople:
    """Records, found by label."""

    def __init__(
        self, dynamo: Dynamo, names: Names, deletion: PersonDeletion, merge: PersonMerge
    ) -> None:
        self._dynamo = dynamo
        self._table = names.people
        self._deletion = deletion
        self._merge = merge

    def get(self, label: str) -> Person:
        """Return the record. Raise ``PersonNotFound``."""
        item = self._dynamo.get(self._table, {"label": label})
        if item is None or not is_there(item):
            raise PersonNotFound(label)
        return person(item)

    def known(self, labels: Collection[str]) -> Mapping[str, Person]:
        """Return the records that exist. One call for every hundred distinct labels."""
        keys: list[Item] = [{"label": label} for label in dict.fromkeys(labels)]
        items = self._dynamo.get_many(self._table, keys)
        return {one.label: one for one in _read(item for item in items if is_there(item))}

    def put(self, label: str, update: PersonUpdate, at: datetime) -> tuple[Person, bool]:
        """Create or replace the record; return it and whether it is new.

        An interrupted deletion, or merge of this person into another, is finished before. An
        interrupted merge of another person into this one is finished afterwards.
        """
        values = {
            "name": update.name,
            "attributes": json.dumps(update.attributes, ensure_ascii=False),
            "updated_at": at.isoformat(),
        }
        for _ in attempts(_ATTEMPTS):
            try:
                before = self._write(label, values)
            except ConditionFailed:
                self._merge.settle(label)
            else:
                if "merge_from" in before:
                    self._merge.settle_merge(label)
                    return self.get(label), False
                initial = {"created_at": values["updated_at"], "label": label}
                return person({**initial, **before, **values}), not before
        raise StoreUnavailable(f"another request deletes {label!r}; try again")

    def list(
        self, *, after: str | None, limit: int, search: PeopleSearch | None = None
    ) -> PersonList:
        """Return a page ordered by label. The cursor is the last label that was read."""
        if after is not None and len(after.encode()) > _LONGEST_KEY:
            raise CursorInvalid("'after' must be the 'next' of the previous page")
        listed = Key("listed").eq(LISTED)
        where = listed & Key("label").gt(after) if after else listed
        query = Query(self._table, where, index="by_label")
        if search is not None:
            return self._search(query, search, limit)
        items = list(islice(self._dynamo.query(query, limit=limit + 1), limit + 1))
        return PersonList(
            people=_read(items[:limit]),
            next=str(items[limit - 1]["label"]) if len(items) > limit else None,
        )

    def _search(self, query: Query, search: PeopleSearch, limit: int) -> PersonList:
        """Return a page of matches. No index finds parts of a name, so records are read in turn."""
        people: list[Person] = []
        items = self._dynamo.query(query, limit=MOST_SEARCHED)
        for number, item in enumerate(items, start=1):
            if search.finds(*_texts(item)):
                if len(people) == limit:
                    return PersonList(people=people, next=people[-1].label)
                people += _read([item])
            if number == MOST_SEARCHED:
                return PersonList(people=people, next=str(item["label"]))
        return PersonList(people=people)

    def delete(self, label: str) -> Deletion:
        """Commit the deletion, or continue an interrupted one, and delete everything."""
        for _ in attempts(_ATTEMPTS):
            self._merge.settle_merge(label)
            try:
                self._deletion.begin(label)
            except MergeInProgress:
                continue
            return self._deletion.finish(label)
        raise StoreUnavailable(f"another request merges {label!r}; try again")

    def merge(self, label: str, into: str, at: datetime) -> MergeReceipt:
        """Commit the merge, or continue an interrupted one, and move everything."""
        require_two(label, into)
        return self._merge.merge(label, into, at)

    def _write(self, label: str, values: Item) -> Item:
        return self._dynamo.update(
            self._table,
            {"label": label},
            AttributeUpdates(
                {**values, "listed": LISTED}, if_missing={"created_at": values["updated_at"]}
            ),
            Attr("deletion").not_exists(),
        )


def _read(items: Iterable[Item]) -> list[Person]:
    return readable_rows("person", items, person, lambda item: item["label"])


def _texts(item: Item) -> tuple[str, str, Attributes]:
    label = str(item["label"])
    return label, str(item.get("name", "")), attributes_of(label, item.get("attributes"))
