"""The gallery's version, and the log of the change that made each version.

The log holds no embedding. Its reader reads the face's item, which may have been deleted.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from boto3.dynamodb.conditions import Attr, Key

from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.dynamo import Dynamo
from recognizer.adapters.aws.dynamo_requests import (
    Action,
    AttributeUpdates,
    Delete,
    Put,
    Query,
    Update,
)
from recognizer.adapters.aws.items import Item

_VERSION: Item = {"part": "version", "number": 0}
_CHANGE = "change"
_TAIL = 200
"""Changes that stay in the log after a snapshot has them, so that loaded galleries can follow."""


class ChangeKind(StrEnum):
    """The kind of a change."""

    ADDED = "added"
    REPLACED = "replaced"
    REMOVED = "removed"
    PERSON_REMOVED = "person_removed"


@dataclass(frozen=True, slots=True)
class Change:
    """The change that made one version.

    Attributes:
        photo_id: empty if a whole person was removed.
        picture: the name of a removed photo's object, which must be deleted; else empty.
    """

    kind: ChangeKind
    label: str
    photo_id: str = ""
    picture: str = ""

    @property
    def face_id(self) -> str:
        """The gallery's id of the face."""
        return f"{self.label}/{self.photo_id}"

    @property
    def removes(self) -> bool:
        """Whether an embedding was removed from the gallery."""
        return self.kind in {ChangeKind.REMOVED, ChangeKind.PERSON_REMOVED}


@dataclass(frozen=True, slots=True)
class Head:
    """The gallery's version, and its number of faces of all models."""

    version: int
    faces: int


@dataclass(frozen=True, slots=True)
class History:
    """The changes that led to a version, oldest first."""

    head: Head
    changes: tuple[Change, ...]


class GalleryLog:
    """The version item and the log."""

    def __init__(self, dynamo: Dynamo, names: Names) -> None:
        self._dynamo = dynamo
        self._table = names.gallery

    def head(self) -> Head:
        """Return version and count, by one consistent read."""
        item = self._dynamo.get(self._table, _VERSION) or {}
        return Head(int(item.get("version", 0)), int(item.get("faces", 0)))

    def entries(self, change: Change, *, seen: int, faces: int) -> list[Action]:
        """Return the actions that a transaction with this change must hold.

        The first of them fails if the version is not ``seen`` any more.

        Args:
            change: the change to log.
            seen: the version that the change was based on.
            faces: the difference in the number of faces.
        """
        there = Attr("version").eq(seen)
        return [
            Update(
                self._table,
                _VERSION,
                AttributeUpdates({"version": seen + 1}, add={"faces": faces}),
                there if seen else there | Attr("version").not_exists(),
            ),
            Put(self._table, {**_key(seen + 1), **_entry(change)}),
        ]

    def since(self, version: int) -> History | None:
        """Return the changes after a version; None if the log does not hold all of them."""
        head = self.head()
        if head.version < version:  # a table brought back from a backup
            return None
        changes = self._between(version + 1, head.version)
        if list(changes) != list(range(version + 1, head.version + 1)):  # the log was shortened
            return None
        return History(head, tuple(changes.values()))

    def pictures(self, version: int) -> list[str]:
        """Return the names of the objects of photos that were removed up to a version."""
        changes = self._between(1, version).values()
        return [change.picture for change in changes if change.picture]

    def shorten(self, version: int) -> None:
        """Delete entries that a snapshot of this version includes, except the newest ones.

        Nothing of a deleted person stays, not even the label.
        """
        changes = self._between(1, version)
        people = [n for n, change in changes.items() if change.kind is ChangeKind.PERSON_REMOVED]
        cut = max([version - _TAIL, *people])
        keys = [_key(number) for number in changes if number <= cut]
        for start in range(0, len(keys), self._dynamo.max_actions):
            batch = keys[start : start + self._dynamo.max_actions]
            self._dynamo.transact([Delete(self._table, key) for key in batch])

    def _between(self, first: int, last: int) -> dict[int, Change]:
        """Return the changes by version, in order, both ends included."""
        if last < first:
            return {}
        where = Key("part").eq(_CHANGE) & Key("number").between(first, last)
        items = self._dynamo.query(Query(self._table, where))
        return {int(item["number"]): _change(item) for item in items}


def _key(version: int) -> dict[str, str | int]:
    return {"part": _CHANGE, "number": version}


def _entry(change: Change) -> Item:
    """Return a change's attributes, without empty ones."""
    entry = {"what": change.kind.value, "label": change.label}
    more = {"photo_id": change.photo_id, "picture": change.picture}
    return {**entry, **{name: value for name, value in more.items() if value}}


def _change(item: Item) -> Change:
    return Change(
        ChangeKind(str(item["what"])),
        str(item["label"]),
        str(item.get("photo_id", "")),
        str(item.get("picture", "")),
    )


class AwsReadiness:
    """The port ``Readiness`` on DynamoDB: one read of a small item, which fails fast.

    Args:
        log: a log over the client that fails fast.
    """

    def __init__(self, log: GalleryLog) -> None:
        self._log = log

    def gallery_version(self) -> int:
        """Return the gallery's version; see the port."""
        return self._log.head().version
