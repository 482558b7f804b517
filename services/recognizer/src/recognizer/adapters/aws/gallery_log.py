"""The gallery's version, and the log of what happened in each: who was added, replaced, removed.

The log holds no embedding. A reader reads the face itself, or finds it gone.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from enum import StrEnum

from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.dynamo import Dynamo
from recognizer.adapters.aws.dynamo_requests import (
    Action,
    Delete,
    Expression,
    Item,
    Put,
    Query,
    Update,
)

_VERSION: Item = {"part": "version", "number": 0}
_CHANGE = "change"
_TAIL = 200
"""Changes that stay after a snapshot shows them, for those who have a gallery to bring up to it."""


class What(StrEnum):
    """What happened."""

    ADDED = "added"
    REPLACED = "replaced"
    REMOVED = "removed"
    PERSON_REMOVED = "person_removed"


@dataclass(frozen=True, slots=True)
class Change:
    """What one version changed.

    Attributes:
        photo_id: empty when a whole person was removed.
        picture: name of the object that a removed photo leaves behind, else empty.
    """

    what: What
    label: str
    photo_id: str = ""
    picture: str = ""

    @property
    def face_id(self) -> str:
        """The gallery's id of the face."""
        return f"{self.label}/{self.photo_id}"

    @property
    def removes(self) -> bool:
        """Whether an embedding left the gallery for good."""
        return self.what in {What.REMOVED, What.PERSON_REMOVED}


@dataclass(frozen=True, slots=True)
class Head:
    """The gallery's version, and how many faces there are then, of every model."""

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
        """One consistent read."""
        item = self._dynamo.get(self._table, _VERSION) or {}
        return Head(int(item.get("version", 0)), int(item.get("faces", 0)))

    def entries(self, change: Change, *, seen: int, faces: int) -> list[Action]:
        """What a transaction that makes this change must hold.

        The first of them is refused when the version is not ``seen`` any more.

        Args:
            change: what happened.
            seen: the version that it was decided on.
            faces: how many faces more there are.
        """
        there = "#version = :seen" + (" OR attribute_not_exists(#version)" if seen == 0 else "")
        return [
            Update(
                self._table,
                _VERSION,
                Expression(
                    "SET #version = :next ADD #faces :more", {"next": seen + 1, "more": faces}
                ),
                Expression(there, {"seen": seen}),
            ),
            Put(self._table, {**_key(seen + 1), **_entry(change)}),
        ]

    def since(self, version: int) -> History | None:
        """The changes after a version; none when the log does not tell them all."""
        head = self.head()
        if head.version < version:  # a table brought back from a backup
            return None
        told = self._between(version + 1, head.version)
        if list(told) != list(range(version + 1, head.version + 1)):  # a log cut off
            return None
        return History(head, tuple(told.values()))

    def pictures(self, version: int) -> list[str]:
        """Names of the objects that photos removed up to a version leave behind."""
        told = self._between(1, version).values()
        return [change.picture for change in told if change.picture]

    def shorten(self, version: int) -> None:
        """Forget what a snapshot of this version shows, but for the newest changes.

        Of a deleted person nothing stays, not even the label.
        """
        told = self._between(1, version)
        people = [number for number, change in told.items() if change.what is What.PERSON_REMOVED]
        cut = max([version - _TAIL, *people])
        keys = [_key(number) for number in told if number <= cut]
        for start in range(0, len(keys), self._dynamo.max_actions):
            batch = keys[start : start + self._dynamo.max_actions]
            self._dynamo.transact([Delete(self._table, key) for key in batch])

    def _between(self, first: int, last: int) -> dict[int, Change]:
        """By version, in its order; both ends are in."""
        if last < first:
            return {}
        where = Expression(
            "#part = :part AND #number BETWEEN :first AND :last",
            {"part": _CHANGE, "first": first, "last": last},
        )
        items = self._dynamo.query(Query(self._table, where))
        return {int(item["number"]): _change(item) for item in items}


def pause(attempt: int) -> None:
    """Before another try, once somebody else has changed the gallery; the longer the later."""
    time.sleep(random.uniform(0, 0.01 * (attempt + 1)))  # noqa: S311 - a wait, not a secret


def _key(version: int) -> dict[str, str | int]:
    return {"part": _CHANGE, "number": version}


def _entry(change: Change) -> Item:
    """Attributes that say nothing are left out."""
    entry = {"what": change.what.value, "label": change.label}
    more = {"photo_id": change.photo_id, "picture": change.picture}
    return {**entry, **{name: value for name, value in more.items() if value}}


def _change(item: Item) -> Change:
    return Change(
        What(str(item["what"])),
        str(item["label"]),
        str(item.get("photo_id", "")),
        str(item.get("picture", "")),
    )


class AwsReadiness:
    """The port ``Readiness`` on DynamoDB: one read of a small item, which does not wait for long.

    Args:
        log: over such a client.
    """

    def __init__(self, log: GalleryLog) -> None:
        self._log = log

    def gallery_version(self) -> int:
        """See the port."""
        return self._log.head().version
