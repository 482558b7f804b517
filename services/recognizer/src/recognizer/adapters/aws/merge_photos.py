"""Moves a person's photos to another person: item, bytes and place in the gallery."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from facecore.contract import Photo
from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.dynamo import Dynamo
from recognizer.adapters.aws.dynamo_requests import (
    Action,
    Check,
    Delete,
    Expression,
    Item,
    Put,
    Query,
    TransactionRefused,
    Update,
)
from recognizer.adapters.aws.gallery_log import Change, GalleryLog, What, pause
from recognizer.adapters.aws.merge_tombstones import MergeMark
from recognizer.adapters.aws.objects import ObjectGone, Objects, every_photo, new_photo_name
from recognizer.domain.errors import StoreUnavailable

_ATTEMPTS = 20
_MARK, _COUNT, _OLD, _NEW, _VERSION = range(5)
"""Places of a move's conditions in its transaction."""


class PhotoMoves:
    """Each photo moves in a transaction of its own, which makes a version of the gallery."""

    def __init__(self, dynamo: Dynamo, names: Names, objects: Objects, log: GalleryLog) -> None:
        self._dynamo = dynamo
        self._names = names
        self._objects = objects
        self._log = log

    def count_same(self, mark: MergeMark) -> int:
        """How many photos both have."""
        keys = [_key(mark.into, face) for face in self._faces(mark.label)]
        return len(self._dynamo.get_many(self._names.faces, keys))

    def move(self, mark: MergeMark) -> None:
        """Move those that are left. Raises ``TransactionRefused``: the mark is gone."""
        for face in self._faces(mark.label):
            if self._has(mark.into, face):
                self._drop(mark, face)
            else:
                self._move_one(mark, face)

    def remove_left(self, mark: MergeMark) -> None:
        """The bytes under the old label, also of photos that no record names."""
        names = every_photo(self._objects, mark.label)
        self._dynamo.transact([self._while_marked(mark)])  # so these are of the person marked
        self._objects.remove(names)

    def _move_one(self, mark: MergeMark, face: Item) -> None:
        picture = self._copied(mark, face)
        for attempt in range(_ATTEMPTS):
            try:
                self._dynamo.transact(self._moving(mark, face, picture))
            except TransactionRefused as refused:
                if refused.failed == {_VERSION}:  # somebody else changed the gallery
                    pause(attempt)
                    continue
                self._objects.remove([picture])
                if _MARK in refused.failed or _COUNT in refused.failed:
                    raise
                if _OLD not in refused.failed:  # the other one was sent the same photo meanwhile
                    self._drop(mark, face)
            return
        self._objects.remove([picture])
        raise StoreUnavailable("others change the gallery all the time; try again in a moment")

    def _copied(self, mark: MergeMark, face: Item) -> str:
        """The name of the copy, which is below the new label; so it goes with that person."""
        name = new_photo_name(mark.into)
        with suppress(ObjectGone):  # moved by another one since the face was read, or lost long ago
            self._objects.put(name, self._objects.get(str(face["picture"])))
        return name

    def _moving(self, mark: MergeMark, face: Item, picture: str) -> list[Action]:
        photo = Photo.model_validate_json(str(face["photo"]))
        moved = photo.model_copy(update={"label": mark.into})
        item: Item = {
            **face,
            "label": mark.into,
            "photo": moved.model_dump_json(),
            "picture": picture,
        }
        change = Change(What.ADDED, mark.into, photo.id)
        count = Expression("ADD #photo_count :one", {"one": 1})
        return [
            self._while_marked(mark),
            Update(self._names.people, {"label": mark.into}, count, mark.on_target()),
            self._away(mark, face),
            Put(self._names.faces, item, Expression("attribute_not_exists(#photo_id)")),
            *self._log.entries(change, seen=self._log.head().version, faces=1),
        ]

    def _drop(self, mark: MergeMark, face: Item) -> None:
        """It left the gallery when the merge was marked."""
        try:
            self._dynamo.transact([self._while_marked(mark), self._away(mark, face)])
        except TransactionRefused as refused:
            if 0 in refused.failed:
                raise  # else another one has dropped it

    def _away(self, mark: MergeMark, face: Item) -> Action:
        still = Expression("attribute_exists(#photo_id)")
        return Delete(self._names.faces, _key(mark.label, face), still)

    def _while_marked(self, mark: MergeMark) -> Action:
        return Check(self._names.people, {"label": mark.label}, mark.on_source())

    def _has(self, label: str, face: Item) -> bool:
        return self._dynamo.get(self._names.faces, _key(label, face)) is not None

    def _faces(self, label: str) -> Iterator[Item]:
        where = Expression("#label = :label", {"label": label})
        return self._dynamo.query(Query(self._names.faces, where))


def _key(label: str, face: Item) -> Item:
    return {"label": label, "photo_id": face["photo_id"]}
