"""Move a person's photos, sightings and crops to another person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice

from boto3.dynamodb.conditions import Attr, Key

from facecore.contract import Photo
from recognizer.adapters.aws import sighting_items as items
from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.crops import AwsCrops
from recognizer.adapters.aws.dynamo import Dynamo, attempts
from recognizer.adapters.aws.dynamo_requests import (
    Action,
    AttributeUpdates,
    Check,
    Delete,
    Put,
    Query,
    Update,
)
from recognizer.adapters.aws.errors import ObjectGone, TransactionRefused
from recognizer.adapters.aws.gallery_log import Change, ChangeKind, GalleryLog
from recognizer.adapters.aws.items import Item
from recognizer.adapters.aws.merge_tombstones import MergeTombstone
from recognizer.adapters.aws.objects import Objects, every_photo, new_photo_name
from recognizer.domain.errors import StoreUnavailable

_ATTEMPTS = 20
_TOMBSTONE, _COUNT, _OLD, _NEW, _VERSION = range(5)
"""Indices of a move's conditions in its transaction."""


class PhotoMoves:
    """Moves each photo in a separate transaction, which makes a version of the gallery."""

    def __init__(self, dynamo: Dynamo, names: Names, objects: Objects, log: GalleryLog) -> None:
        self._dynamo = dynamo
        self._names = names
        self._objects = objects
        self._log = log

    def count_same(self, tombstone: MergeTombstone) -> int:
        """Return how many photos both have."""
        keys = [_key(tombstone.into, face) for face in self._faces(tombstone.label)]
        return len(self._dynamo.get_many(self._names.faces, keys))

    def move(self, tombstone: MergeTombstone) -> None:
        """Move the remaining photos. Raise ``TransactionRefused`` if the tombstone is gone."""
        for face in self._faces(tombstone.label):
            if self._has(tombstone.into, face):
                self._drop(tombstone, face)
            else:
                self._move_one(tombstone, face)

    def remove_left(self, tombstone: MergeTombstone) -> None:
        """Remove the bytes under the old label, also of photos that no record names."""
        names = every_photo(self._objects, tombstone.label)
        self._dynamo.transact(
            [self._while_tombstoned(tombstone)]
        )  # so these belong to the merged person
        self._objects.remove(names)

    def _move_one(self, tombstone: MergeTombstone, face: Item) -> None:
        picture = self._copied(tombstone, face)
        for _ in attempts(_ATTEMPTS):
            try:
                self._dynamo.transact(self._moving(tombstone, face, picture))
            except TransactionRefused as refused:
                if refused.failed == {_VERSION}:  # another request changed the gallery
                    continue
                self._objects.remove([picture])
                if _TOMBSTONE in refused.failed or _COUNT in refused.failed:
                    raise
                if _OLD not in refused.failed:  # the target got the same photo meanwhile
                    self._drop(tombstone, face)
            return
        self._objects.remove([picture])
        raise StoreUnavailable("other requests keep changing the gallery; try again")

    def _copied(self, tombstone: MergeTombstone, face: Item) -> str:
        """Copy the bytes; return the copy's name, which begins with the new label."""
        name = new_photo_name(tombstone.into)
        with suppress(ObjectGone):  # another process moved it since the read, or it was lost before
            self._objects.put(name, self._objects.get(str(face["picture"])))
        return name

    def _moving(self, tombstone: MergeTombstone, face: Item, picture: str) -> list[Action]:
        photo = Photo.model_validate_json(str(face["photo"]))
        moved = photo.model_copy(update={"label": tombstone.into})
        item: Item = {
            **face,
            "label": tombstone.into,
            "photo": moved.model_dump_json(),
            "picture": picture,
        }
        change = Change(ChangeKind.ADDED, tombstone.into, photo.id)
        count = AttributeUpdates(add={"photo_count": 1})
        return [
            self._while_tombstoned(tombstone),
            Update(self._names.people, {"label": tombstone.into}, count, tombstone.on_target()),
            self._away(tombstone, face),
            Put(self._names.faces, item, Attr("photo_id").not_exists()),
            *self._log.entries(change, seen=self._log.head().version, faces=1),
        ]

    def _drop(self, tombstone: MergeTombstone, face: Item) -> None:
        """Delete the item of a photo that both have. The commit removed it from the gallery."""
        try:
            self._dynamo.transact([self._while_tombstoned(tombstone), self._away(tombstone, face)])
        except TransactionRefused as refused:
            if 0 in refused.failed:
                raise  # else another process has dropped it

    def _away(self, tombstone: MergeTombstone, face: Item) -> Action:
        still = Attr("photo_id").exists()
        return Delete(self._names.faces, _key(tombstone.label, face), still)

    def _while_tombstoned(self, tombstone: MergeTombstone) -> Action:
        return Check(self._names.people, {"label": tombstone.label}, tombstone.on_source())

    def _has(self, label: str, face: Item) -> bool:
        return self._dynamo.get(self._names.faces, _key(label, face)) is not None

    def _faces(self, label: str) -> Iterator[Item]:
        where = Key("label").eq(label)
        return self._dynamo.query(Query(self._names.faces, where))


def _key(label: str, face: Item) -> Item:
    return {"label": label, "photo_id": face["photo_id"]}


# Move a person's sightings and crops to another label.


_ACTIONS = 3
"""Actions for one sighting: delete its copy, put the new copy, change the main item."""


class SightingMoves:
    """Moves sightings in batches. A batch that fails is moved one by one."""

    def __init__(self, dynamo: Dynamo, names: Names) -> None:
        self._dynamo = dynamo
        self._names = names

    def count(self, tombstone: MergeTombstone) -> int:
        """Return the number of sightings, with expired ones that still exist."""
        return sum(1 for _ in self._copies(tombstone.label))

    def move(self, tombstone: MergeTombstone) -> None:
        """Move the remaining sightings. Raise ``TransactionRefused`` if the tombstone is gone."""
        copies = self._copies(tombstone.label)
        while batch := list(islice(copies, (self._dynamo.max_actions - 1) // _ACTIONS)):
            moves = [self._moves(tombstone, copy) for copy in batch]
            try:
                self._while_tombstoned(tombstone, [action for move in moves for action in move])
            except TransactionRefused as refused:
                if 0 in refused.failed:
                    raise
                for copy in batch:
                    self._move_one(tombstone, copy)

    def _move_one(self, tombstone: MergeTombstone, copy: Item) -> None:
        try:
            self._while_tombstoned(tombstone, self._moves(tombstone, copy))
        except TransactionRefused as refused:
            if 0 in refused.failed:
                raise
            # It got another label, another process moved it, or it expired: only its copy is left.
            self._while_tombstoned(tombstone, [items.copy_away(self._names.sightings, copy)])

    def _moves(self, tombstone: MergeTombstone, copy: Item) -> Sequence[Action]:
        return items.moves(self._names.sightings, copy, tombstone.into)

    def _while_tombstoned(self, tombstone: MergeTombstone, actions: Sequence[Action]) -> None:
        there = Check(self._names.people, {"label": tombstone.label}, tombstone.on_source())
        self._dynamo.transact([there, *actions])

    def _copies(self, label: str) -> Iterator[Item]:
        where = Key("owner").eq(items.of_label(label))
        return self._dynamo.query(Query(self._names.sightings, where))


_CROP_ACTIONS = 2
"""Actions for one crop: delete it here, put it there."""
_MOST = 100
"""Most crops in a transaction, which holds at most 4 MB."""


class CropMoves:
    """Moves crops in batches."""

    def __init__(self, dynamo: Dynamo, names: Names, crops: AwsCrops) -> None:
        self._dynamo = dynamo
        self._names = names
        self._crops = crops

    def move(self, tombstone: MergeTombstone) -> None:
        """Move the remaining crops. Raise ``TransactionRefused`` if the tombstone is gone."""
        moves = self._crops.moves(tombstone.label, tombstone.into)
        size = min(_MOST, (self._dynamo.max_actions - 1) // _CROP_ACTIONS)
        while batch := list(islice(moves, size)):
            there: Action = Check(
                self._names.people, {"label": tombstone.label}, tombstone.on_source()
            )
            self._dynamo.transact([there, *(action for move in batch for action in move)])
