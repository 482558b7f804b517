"""Merge two people in every table and bucket, so that a kill at any step can be recovered.

A merge commits by its tombstones (``merge_tombstones``). Then each photo and each batch of
sightings moves in a transaction on the condition that the source's tombstone is there, as in a
deletion. A photo's bytes are copied before the transaction that names the copy. The tombstones are
removed last, together. The next call that writes, merges or deletes one of the two people finishes
an interrupted merge.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from boto3.dynamodb.conditions import Attr

from facecore.contract import MergeReceipt
from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.deletion import PersonDeletion
from recognizer.adapters.aws.dynamo import Dynamo, attempts
from recognizer.adapters.aws.dynamo_requests import Action, AttributeUpdates, Delete, Update
from recognizer.adapters.aws.errors import ConditionFailed, TransactionRefused
from recognizer.adapters.aws.gallery_log import Change, ChangeKind, GalleryLog
from recognizer.adapters.aws.gallery_snapshot import GallerySnapshots
from recognizer.adapters.aws.items import Item, is_there
from recognizer.adapters.aws.merge_rows import CropMoves, PhotoMoves, SightingMoves
from recognizer.adapters.aws.merge_tombstones import MergeProposal, MergeTombstone, read_tombstone
from recognizer.domain.errors import PersonNotFound, StoreUnavailable

_ATTEMPTS = 20
_CROWDED = "other requests keep changing the same people; try again"


class PersonMerge:
    """Begins and finishes merges."""

    def __init__(
        self,
        dynamo: Dynamo,
        names: Names,
        *,
        photos: PhotoMoves,
        sightings: SightingMoves,
        crops: CropMoves,
        log: GalleryLog,
        snapshots: GallerySnapshots,
        deletion: PersonDeletion,
    ) -> None:
        self._dynamo = dynamo
        self._names = names
        self._photos = photos
        self._sightings = sightings
        self._crops = crops
        self._log = log
        self._snapshots = snapshots
        self._deletion = deletion

    def merge(self, label: str, into: str, at: datetime) -> MergeReceipt:
        """Commit the merge, unless that was done, and finish it. Raise as ``People.merge`` does."""
        for _ in attempts(_ATTEMPTS):
            if (begun := self._begun(label, into)) is not None:
                return self._finish(begun)
            self.settle(label)
            self.settle(into)
            if self._commit(label, into, at) and (begun := self._begun(label, into)) is not None:
                return self._finish(begun)
        raise StoreUnavailable(_CROWDED)

    def _begun(self, label: str, into: str) -> MergeTombstone | None:
        tombstone = read_tombstone(self._record(label))
        return tombstone if tombstone is not None and tombstone.into == into else None

    def settle(self, label: str) -> None:
        """Finish an interrupted merge or deletion of the label."""
        self.settle_merge(label)
        with suppress(PersonNotFound):  # there is none, or another process finished it
            self._deletion.finish(label)

    def settle_merge(self, label: str) -> None:
        """Finish an interrupted merge that the label's record is part of."""
        tombstone = self._tombstone_on(self._record(label) or {})
        if tombstone is not None:
            with suppress(PersonNotFound):  # another process finished it
                self._finish(tombstone)

    def _commit(self, label: str, into: str, at: datetime) -> bool:
        seen = self._log.head().version  # read first: a photo that is added later changes it
        source, target = self._record(label), self._record(into)
        if source is None or not is_there(source):
            raise PersonNotFound(label)
        if target is not None and not is_there(target):
            return False
        proposal = MergeProposal(source, target, into, at)
        tombstones = proposal.tombstones(self._names.people, seen + 1)
        try:
            self._dynamo.transact([*tombstones, *self._entries(proposal, seen)])
        except TransactionRefused:  # one of the records, or the gallery, was changed meanwhile
            return False
        return True

    def _entries(self, proposal: MergeProposal, seen: int) -> list[Action]:
        change = Change(ChangeKind.PERSON_REMOVED, proposal.label)
        return self._log.entries(change, seen=seen, faces=-proposal.photos)

    def _finish(self, tombstone: MergeTombstone) -> MergeReceipt:
        tombstone = self._counted(tombstone)
        for _ in attempts(_ATTEMPTS):
            try:
                self._move(tombstone)
            except (TransactionRefused, ConditionFailed):
                if self._is_there(tombstone):
                    continue  # another process moves the same; read what is left
            return tombstone.receipt()
        raise StoreUnavailable(_CROWDED)

    def _move(self, tombstone: MergeTombstone) -> None:
        self._photos.move(tombstone)
        self._sightings.move(tombstone)
        self._crops.move(tombstone)
        self._photos.remove_left(tombstone)
        self._snapshots.renew()
        people = self._names.people
        bare = AttributeUpdates(remove=("merge_from", "merge_id"))
        self._dynamo.transact(
            [
                Delete(people, {"label": tombstone.label}, tombstone.on_source()),
                Update(people, {"label": tombstone.into}, bare, tombstone.on_target()),
            ]
        )

    def _counted(self, tombstone: MergeTombstone) -> MergeTombstone:
        """Store the counts once, before anything moves, so that all receipts are equal."""
        if tombstone.is_counted:
            return tombstone
        same, sightings = self._photos.count_same(tombstone), self._sightings.count(tombstone)
        counts: Item = {"same_photos": same, "sightings": sightings}
        try:
            self._dynamo.update(
                self._names.people,
                {"label": tombstone.label},
                AttributeUpdates(counts),
                tombstone.on_source() & Attr("sightings").not_exists(),
            )
        except ConditionFailed:  # another process has counted, or has finished
            return self._read_again(tombstone)
        return replace(tombstone, same_photos=same, sightings=sightings)

    def _read_again(self, tombstone: MergeTombstone) -> MergeTombstone:
        found = read_tombstone(self._record(tombstone.label))
        if found is None or found.id != tombstone.id:
            raise PersonNotFound(tombstone.label)
        return found

    def _is_there(self, tombstone: MergeTombstone) -> bool:
        found = read_tombstone(self._record(tombstone.label))
        return found is not None and found.id == tombstone.id

    def _tombstone_on(self, record: Item) -> MergeTombstone | None:
        """Return the tombstone in a source's record, or that of a target's source."""
        if "merge_from" in record:
            return read_tombstone(self._record(str(record["merge_from"])))
        return read_tombstone(record)

    def _record(self, label: str) -> Item | None:
        return self._dynamo.get(self._names.people, {"label": label})
