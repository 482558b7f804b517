"""Move a person's sightings and crops to another label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from recognizer.adapters.aws import sighting_items as items
from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.crops import AwsCrops
from recognizer.adapters.aws.dynamo import Dynamo
from recognizer.adapters.aws.dynamo_requests import (
    Action,
    Check,
    Expression,
    Item,
    Query,
    TransactionRefused,
)
from recognizer.adapters.aws.merge_tombstones import MergeTombstone

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
        where = Expression("#owner = :owner", {"owner": items.of_label(label)})
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
