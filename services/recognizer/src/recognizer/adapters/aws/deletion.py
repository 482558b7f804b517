"""Deletes a person from every table and bucket, so that a kill at any step is made good.

It commits by a mark on the record; from then on nobody is found under the label, and nothing can be
added under it. Each batch that follows is a transaction that holds only while this mark is there: a
second one who finishes the same deletion, late, can't touch a new person of that label.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

from facecore.contract import DeletionReceipt
from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.crops import AwsCrops
from recognizer.adapters.aws.dynamo import Dynamo
from recognizer.adapters.aws.dynamo_requests import (
    Action,
    Check,
    ConditionFailed,
    Delete,
    Expression,
    Item,
    Query,
    TransactionRefused,
    Update,
)
from recognizer.adapters.aws.gallery_log import Change, GalleryLog, What, pause
from recognizer.adapters.aws.gallery_snapshot import GallerySnapshots
from recognizer.adapters.aws.objects import Objects, every_photo
from recognizer.adapters.aws.records import FREE, IS_THERE
from recognizer.adapters.aws.sighting_items import same_label
from recognizer.adapters.aws.sightings import AwsSightings
from recognizer.domain.errors import PersonNotFound, StoreUnavailable
from recognizer.domain.ports import Deletion

T = TypeVar("T")

_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class _Mark:
    """A deletion under way.

    Attributes:
        id: of this deletion; a new person of the label has another, or none.
        version: of the gallery without the person.
        photos: how many there were.
        sightings, crops: how many there were; none as long as they are not counted.
    """

    label: str
    id: str
    version: int
    photos: int
    sightings: int | None
    crops: int | None

    def is_there(self) -> Expression:
        return Expression("#deletion = :deletion", {"deletion": self.id})


class MergeUnderWay(Exception):
    """The record is marked as part of a merge, which has to be finished first."""


class PersonDeletion:
    """Marks a person as deleted, and finishes what is marked."""

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

    def mark(self, label: str) -> None:
        """Commit the deletion; nothing if that was done.

        Raises ``PersonNotFound``, ``MergeUnderWay``.
        """
        for attempt in range(_ATTEMPTS):
            seen = self._log.head().version  # first: photos that are added from now on change it
            record = self._dynamo.get(self._names.people, _key(label))
            if record is None:
                raise PersonNotFound(label)
            if "into" in record or "merge_from" in record:
                raise MergeUnderWay
            if "deletion" in record:
                return
            photos = int(record.get("photo_count", 0))
            change = Change(What.PERSON_REMOVED, label)
            entries = self._log.entries(change, seen=seen, faces=-photos)
            try:
                self._dynamo.transact([self._marking(label, seen + 1, photos), *entries])
            except TransactionRefused:  # somebody else changed the gallery, or deleted the person
                pause(attempt)
            else:
                return
        raise StoreUnavailable("others change the gallery all the time; try again in a moment")

    def finish(self, label: str) -> Deletion:
        """Take everything away, the record last. Raises ``PersonNotFound``: nothing is marked."""
        mark = self._counted(self._read(label))
        for _ in range(_ATTEMPTS):
            try:
                self._take_away(mark)
            except (TransactionRefused, ConditionFailed):
                if self._is_there(mark):
                    continue  # another one takes away the same; see what is left
            return _receipt(mark)
        raise StoreUnavailable(f"others delete {label!r} too; try again in a moment")

    def _take_away(self, mark: _Mark) -> None:
        self._remove_faces(mark)
        self._remove_sightings(mark)
        self._remove_crops(mark)
        self._remove_photos(mark)
        self._snapshots.renew()
        self._dynamo.delete(self._names.people, _key(mark.label), mark.is_there())

    def _is_there(self, mark: _Mark) -> bool:
        record = self._dynamo.get(self._names.people, _key(mark.label)) or {}
        return record.get("deletion") == mark.id

    def _marking(self, label: str, version: int, photos: int) -> Action:
        """Take the record's contents away at once; they are not needed to finish."""
        change = (
            "SET #deletion = :deletion, #gallery_version = :version, #photos = :photos"
            " REMOVE #listed, #name, #attributes"
        )
        values: Item = {
            "deletion": secrets.token_hex(16),
            "version": version,
            "photos": photos,
        }
        free = Expression(f"{IS_THERE.text} AND {FREE.text}")
        return Update(self._names.people, _key(label), Expression(change, values), free)

    def _read(self, label: str) -> _Mark:
        record = self._dynamo.get(self._names.people, _key(label))
        if record is None or "deletion" not in record or "into" in record:
            raise PersonNotFound(label)
        return _mark(record)

    def _counted(self, mark: _Mark) -> _Mark:
        """Write down how much there is, once, before any of it goes; so every receipt is alike."""
        if mark.sightings is not None:
            return mark
        sightings = sum(1 for _ in self._sightings.named(mark.label))
        crops = sum(1 for _ in self._crops.keys_of(mark.label))
        counts: Item = {"sightings": sightings, "crops": crops}
        try:
            self._dynamo.update(
                self._names.people,
                _key(mark.label),
                Expression("SET #sightings = :sightings, #crops = :crops", counts),
                Expression(
                    "#deletion = :deletion AND attribute_not_exists(#sightings)",
                    {"deletion": mark.id},
                ),
            )
        except ConditionFailed:  # another one has counted
            return self._read(mark.label)
        return replace(mark, sightings=sightings, crops=crops)

    def _remove_faces(self, mark: _Mark) -> None:
        for batch in _batches(self._faces(mark.label), self._dynamo.max_actions - 1):
            self._while_marked(mark, [Delete(self._names.faces, key) for key in batch])

    def _remove_sightings(self, mark: _Mark) -> None:
        """Unless one has been put again with another label: then its copy is gone already."""
        table, same = self._names.sightings, same_label(mark.label)
        pairs = self._sightings.named(mark.label)
        for batch in _batches(pairs, (self._dynamo.max_actions - 1) // 2):
            copies = [Delete(table, copy) for copy, _ in batch]
            mains = [Delete(table, main, same) for _, main in batch]
            self._while_marked(mark, [*copies, *mains])

    def _remove_crops(self, mark: _Mark) -> None:
        for batch in _batches(self._crops.keys_of(mark.label), self._dynamo.max_actions - 1):
            self._while_marked(mark, [Delete(self._names.crops, key) for key in batch])

    def _remove_photos(self, mark: _Mark) -> None:
        """Those, too, that no record names; a name is never used twice."""
        names = every_photo(self._objects, mark.label)
        self._while_marked(mark, [])  # so these are of the person that is marked
        self._objects.remove(names)

    def _while_marked(self, mark: _Mark, actions: Sequence[Action]) -> None:
        there = Check(self._names.people, _key(mark.label), mark.is_there())
        self._dynamo.transact([there, *actions])

    def _faces(self, label: str) -> Iterator[Item]:
        where = Expression("#label = :label", {"label": label})
        for item in self._dynamo.query(Query(self._names.faces, where)):
            yield {"label": item["label"], "photo_id": item["photo_id"]}


def _mark(record: Item) -> _Mark:
    return _Mark(
        label=str(record["label"]),
        id=str(record["deletion"]),
        version=int(record["gallery_version"]),
        photos=int(record["photos"]),
        sightings=_count(record, "sightings"),
        crops=_count(record, "crops"),
    )


def _count(record: Item, what: str) -> int | None:
    return int(record[what]) if what in record else None


def _receipt(mark: _Mark) -> Deletion:
    receipt = DeletionReceipt(
        label=mark.label,
        records=1,
        photos=mark.photos,
        embeddings=mark.photos,
        sightings=mark.sightings or 0,
        crops=mark.crops or 0,
    )
    return Deletion(receipt, mark.version)


def _key(label: str) -> Item:
    return {"label": label}


def _batches(entries: Iterator[T], size: int) -> Iterator[list[T]]:
    while batch := list(islice(entries, size)):
        yield batch
