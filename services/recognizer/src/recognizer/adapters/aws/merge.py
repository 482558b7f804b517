"""Makes two people one, in every table and bucket, so that a kill at any step is made good.

It commits by its marks (``merge_mark``). Then each photo and each batch of sightings moves in a
transaction that holds only while the source's mark is there, as in a deletion; a photo's bytes are
copied before the transaction that names the copy. The marks go last, together. Whoever next writes
either record, merges or deletes one of the two, finishes what was left.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from facecore.contract import MergeReceipt
from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.deletion import PersonDeletion
from recognizer.adapters.aws.dynamo import Dynamo
from recognizer.adapters.aws.dynamo_requests import (
    Action,
    ConditionFailed,
    Delete,
    Expression,
    Item,
    TransactionRefused,
    Update,
)
from recognizer.adapters.aws.gallery_log import Change, GalleryLog, What, pause
from recognizer.adapters.aws.gallery_snapshot import GallerySnapshots
from recognizer.adapters.aws.merge_photos import PhotoMoves
from recognizer.adapters.aws.merge_sightings import CropMoves, SightingMoves
from recognizer.adapters.aws.merge_tombstones import MergeMark, MergeProposal, read_mark
from recognizer.adapters.aws.records import is_there
from recognizer.domain.errors import PersonNotFound, StoreUnavailable

_ATTEMPTS = 20
_CROWDED = "others change the same people all the time; try again in a moment"


class PersonMerge:
    """Marks two people as merged, and finishes what is marked."""

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
        """Mark, unless that was done, and finishes. Raises as ``People.merge`` does."""
        for attempt in range(_ATTEMPTS):
            marked = read_mark(self._record(label))
            if marked is not None and marked.into == into:
                return self._finish(marked)
            self.settle(label)
            self.settle(into)
            if not self._commit(label, into, at):
                pause(attempt)
        raise StoreUnavailable(_CROWDED)

    def settle(self, label: str) -> None:
        """Finish what the label's record is marked with: a merge, or a deletion."""
        self.settle_merge(label)
        with suppress(PersonNotFound):  # nothing is marked, or another one is done with it
            self._deletion.finish(label)

    def settle_merge(self, label: str) -> None:
        """Finish the merge that the label's record is a part of."""
        mark = self._mark_on(self._record(label) or {})
        if mark is not None:
            with suppress(PersonNotFound):  # another one is done with it
                self._finish(mark)

    def _commit(self, label: str, into: str, at: datetime) -> bool:
        seen = self._log.head().version  # first: photos that are added from now on change it
        source, target = self._record(label), self._record(into)
        if source is None or not is_there(source):
            raise PersonNotFound(label)
        if target is not None and not is_there(target):
            return False
        proposal = MergeProposal(source, target, into, at)
        marking = proposal.marks(self._names.people, seen + 1)
        try:
            self._dynamo.transact([*marking, *self._entries(proposal, seen)])
        except TransactionRefused:  # one of the records, or the gallery, was changed meanwhile
            return False
        return True

    def _entries(self, proposal: MergeProposal, seen: int) -> list[Action]:
        change = Change(What.PERSON_REMOVED, proposal.label)
        return self._log.entries(change, seen=seen, faces=-proposal.photos)

    def _finish(self, mark: MergeMark) -> MergeReceipt:
        mark = self._counted(mark)
        for _ in range(_ATTEMPTS):
            try:
                self._move(mark)
            except (TransactionRefused, ConditionFailed):
                if self._is_there(mark):
                    continue  # another one moves the same; see what is left
            return mark.receipt()
        raise StoreUnavailable(_CROWDED)

    def _move(self, mark: MergeMark) -> None:
        self._photos.move(mark)
        self._sightings.move(mark)
        self._crops.move(mark)
        self._photos.remove_left(mark)
        self._snapshots.renew()
        people = self._names.people
        bare = Expression("REMOVE #merge_from, #merge_id")
        self._dynamo.transact(
            [
                Delete(people, {"label": mark.label}, mark.on_source()),
                Update(people, {"label": mark.into}, bare, mark.on_target()),
            ]
        )

    def _counted(self, mark: MergeMark) -> MergeMark:
        """Write down how much there is, once, before any of it moves: all receipts are alike."""
        if mark.is_counted:
            return mark
        same, sightings = self._photos.count_same(mark), self._sightings.count(mark)
        counts: Item = {"same_photos": same, "sightings": sightings}
        try:
            self._dynamo.update(
                self._names.people,
                {"label": mark.label},
                Expression("SET #same_photos = :same_photos, #sightings = :sightings", counts),
                Expression(
                    f"{mark.on_source().text} AND attribute_not_exists(#sightings)",
                    mark.on_source().values,
                ),
            )
        except ConditionFailed:  # another one has counted, or is done
            return self._read_again(mark)
        return replace(mark, same_photos=same, sightings=sightings)

    def _read_again(self, mark: MergeMark) -> MergeMark:
        found = read_mark(self._record(mark.label))
        if found is None or found.id != mark.id:
            raise PersonNotFound(mark.label)
        return found

    def _is_there(self, mark: MergeMark) -> bool:
        found = read_mark(self._record(mark.label))
        return found is not None and found.id == mark.id

    def _mark_on(self, record: Item) -> MergeMark | None:
        """Of a source's record, or by way of a target's."""
        if "merge_from" in record:
            return read_mark(self._record(str(record["merge_from"])))
        return read_mark(record)

    def _record(self, label: str) -> Item | None:
        return self._dynamo.get(self._names.people, {"label": label})
