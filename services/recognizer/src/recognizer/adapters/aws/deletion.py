"""Delete a person from every table and bucket, so that a kill at any step can be recovered.

A deletion commits by a tombstone in the record. From then on the label is not found, and nothing
can be added under it. Each later batch is a transaction on the condition that this tombstone is
there. So a second process that finishes the same deletion late can't change a new person with that
label.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from facecore.contract import DeletionReceipt
from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.crops import AwsCrops
from recognizer.adapters.aws.dynamo import Dynamo, attempts
from recognizer.adapters.aws.dynamo_requests import (
    Action,
    AttributeUpdates,
    Check,
    Delete,
    Query,
    Update,
)
from recognizer.adapters.aws.errors import ConditionFailed, TransactionRefused
from recognizer.adapters.aws.gallery_log import Change, ChangeKind, GalleryLog
from recognizer.adapters.aws.gallery_snapshot import GallerySnapshots
from recognizer.adapters.aws.items import FREE, IS_THERE, Item
from recognizer.adapters.aws.objects import Objects, every_photo
from recognizer.adapters.aws.sighting_items import same_label
from recognizer.adapters.aws.sightings import AwsSightings
from recognizer.domain.errors import PersonNotFound, StoreUnavailable
from recognizer.domain.ports import Deletion

T = TypeVar("T")

_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class _Tombstone:
    """A deletion in progress.

    Attributes:
        id: identifies this deletion; a new person with the label has another, or none.
        version: the gallery's version without the person.
        photos: their number.
        sightings, crops: their numbers; None until they were counted.
    """

    label: str
    id: str
    version: int
    photos: int
    sightings: int | None
    crops: int | None

    def is_there(self) -> ConditionBase:
        return Attr("deletion").eq(self.id)


class MergeInProgress(Exception):
    """The record is part of a merge, which must be finished first."""


class PersonDeletion:
    """Begins and finishes deletions."""

    def __init__(
        self,
        dynamo: Dynamo,
        names: Names,
        *,
        objects: Objects,
        sightings: AwsSightings,
        crops: AwsCrops,
        log: GalleryLog,
        snapshots: GallerySnapshots,
    ) -> None:
        self._dynamo = dynamo
        self._objects = objects
        self._names = names
        self._sightings = sightings
        self._crops = crops
        self._log = log
        self._snapshots = snapshots

    def begin(self, label: str) -> None:
        """Commit the deletion. Do nothing if it was committed before.

        Raise ``PersonNotFound``, ``MergeInProgress``.
        """
        for _ in attempts(_ATTEMPTS):
            seen = self._log.head().version  # read first: a photo that is added later changes it
            record = self._dynamo.get(self._names.people, _key(label))
            if record is None:
                raise PersonNotFound(label)
            if "into" in record or "merge_from" in record:
                raise MergeInProgress
            if "deletion" in record:
                return
            photos = int(record.get("photo_count", 0))
            change = Change(ChangeKind.PERSON_REMOVED, label)
            entries = self._log.entries(change, seen=seen, faces=-photos)
            try:
                self._dynamo.transact([self._tombstone_action(label, seen + 1, photos), *entries])
            except TransactionRefused:  # another request changed the gallery or deleted the person
                continue
            return
        raise StoreUnavailable("other requests keep changing the gallery; try again")

    def finish(self, label: str) -> Deletion:
        """Delete everything, the record last. Raise ``PersonNotFound`` if no deletion began."""
        tombstone = self._counted(self._read(label))
        for _ in attempts(_ATTEMPTS):
            try:
                self._take_away(tombstone)
            except (TransactionRefused, ConditionFailed):
                if self._is_there(tombstone):
                    continue  # another process deletes the same; read what is left
            return _receipt(tombstone)
        raise StoreUnavailable(f"other requests delete {label!r} too; try again")

    def _take_away(self, tombstone: _Tombstone) -> None:
        self._remove_faces(tombstone)
        self._remove_sightings(tombstone)
        self._remove_crops(tombstone)
        self._remove_photos(tombstone)
        self._snapshots.renew()
        self._dynamo.delete(self._names.people, _key(tombstone.label), tombstone.is_there())

    def _is_there(self, tombstone: _Tombstone) -> bool:
        record = self._dynamo.get(self._names.people, _key(tombstone.label)) or {}
        return record.get("deletion") == tombstone.id

    def _tombstone_action(self, label: str, version: int, photos: int) -> Action:
        """Return the action that sets the tombstone and removes the record's contents."""
        values: Item = {
            "deletion": secrets.token_hex(16),
            "gallery_version": version,
            "photos": photos,
        }
        change = AttributeUpdates(values, remove=("listed", "name", "attributes"))
        return Update(self._names.people, _key(label), change, IS_THERE & FREE)

    def _read(self, label: str) -> _Tombstone:
        record = self._dynamo.get(self._names.people, _key(label))
        if record is None or "deletion" not in record or "into" in record:
            raise PersonNotFound(label)
        return _tombstone(record)

    def _counted(self, tombstone: _Tombstone) -> _Tombstone:
        """Store the counts once, before anything is deleted, so that all receipts are equal."""
        if tombstone.sightings is not None:
            return tombstone
        sightings = sum(1 for _ in self._sightings.named(tombstone.label))
        crops = sum(1 for _ in self._crops.keys_of(tombstone.label))
        counts: Item = {"sightings": sightings, "crops": crops}
        try:
            self._dynamo.update(
                self._names.people,
                _key(tombstone.label),
                AttributeUpdates(counts),
                tombstone.is_there() & Attr("sightings").not_exists(),
            )
        except ConditionFailed:  # another process has counted
            return self._read(tombstone.label)
        return replace(tombstone, sightings=sightings, crops=crops)

    def _remove_faces(self, tombstone: _Tombstone) -> None:
        for batch in _batches(self._faces(tombstone.label), self._dynamo.max_actions - 1):
            self._while_tombstoned(tombstone, [Delete(self._names.faces, key) for key in batch])

    def _remove_sightings(self, tombstone: _Tombstone) -> None:
        """Delete sightings and their copies. Keep one that has got another label meanwhile."""
        table, same = self._names.sightings, same_label(tombstone.label)
        pairs = self._sightings.named(tombstone.label)
        for batch in _batches(pairs, (self._dynamo.max_actions - 1) // 2):
            copies = [Delete(table, copy) for copy, _ in batch]
            mains = [Delete(table, main, same) for _, main in batch]
            self._while_tombstoned(tombstone, [*copies, *mains])

    def _remove_crops(self, tombstone: _Tombstone) -> None:
        for batch in _batches(self._crops.keys_of(tombstone.label), self._dynamo.max_actions - 1):
            self._while_tombstoned(tombstone, [Delete(self._names.crops, key) for key in batch])

    def _remove_photos(self, tombstone: _Tombstone) -> None:
        """Remove all photos, also those that no record names. A name is never used twice."""
        names = every_photo(self._objects, tombstone.label)
        self._while_tombstoned(tombstone, [])  # so these photos belong to the deleted person
        self._objects.remove(names)

    def _while_tombstoned(self, tombstone: _Tombstone, actions: Sequence[Action]) -> None:
        there = Check(self._names.people, _key(tombstone.label), tombstone.is_there())
        self._dynamo.transact([there, *actions])

    def _faces(self, label: str) -> Iterator[Item]:
        where = Key("label").eq(label)
        for item in self._dynamo.query(Query(self._names.faces, where)):
            yield {"label": item["label"], "photo_id": item["photo_id"]}


def _tombstone(record: Item) -> _Tombstone:
    return _Tombstone(
        label=str(record["label"]),
        id=str(record["deletion"]),
        version=int(record["gallery_version"]),
        photos=int(record["photos"]),
        sightings=_count(record, "sightings"),
        crops=_count(record, "crops"),
    )


def _count(record: Item, what: str) -> int | None:
    return int(record[what]) if what in record else None


def _receipt(tombstone: _Tombstone) -> Deletion:
    receipt = DeletionReceipt(
        label=tombstone.label,
        records=1,
        photos=tombstone.photos,
        embeddings=tombstone.photos,
        sightings=tombstone.sightings or 0,
        crops=tombstone.crops or 0,
    )
    return Deletion(receipt, tombstone.version)


def _key(label: str) -> Item:
    return {"label": label}


def _batches(entries: Iterator[T], size: int) -> Iterator[list[T]]:
    while batch := list(islice(entries, size)):
        yield batch
