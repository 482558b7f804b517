"""Puts another label on a person's sightings."""

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
from recognizer.adapters.aws.merge_tombstones import MergeMark

_ACTIONS = 3
"""That a sighting needs: its copy goes, a copy comes, the main item is changed."""


class SightingMoves:
    """In batches; a batch that is refused is moved one by one."""

    def __init__(self, dynamo: Dynamo, names: Names) -> None:
        self._dynamo = dynamo
        self._names = names

    def count(self, mark: MergeMark) -> int:
        """How many there are, expired ones that are still there included."""
        return sum(1 for _ in self._copies(mark.label))

    def move(self, mark: MergeMark) -> None:
        """Move those that are left. Raises ``TransactionRefused``: the mark is gone."""
        copies = self._copies(mark.label)
        while batch := list(islice(copies, (self._dynamo.max_actions - 1) // _ACTIONS)):
            moves = [self._moves(mark, copy) for copy in batch]
            try:
                self._while_marked(mark, [action for move in moves for action in move])
            except TransactionRefused as refused:
                if 0 in refused.failed:
                    raise
                for copy in batch:
                    self._move_one(mark, copy)

    def _move_one(self, mark: MergeMark, copy: Item) -> None:
        try:
            self._while_marked(mark, self._moves(mark, copy))
        except TransactionRefused as refused:
            if 0 in refused.failed:
                raise
            # Put again with another label, moved by another one, or forgotten: it has no copy here.
            self._while_marked(mark, [items.copy_away(self._names.sightings, copy)])

    def _moves(self, mark: MergeMark, copy: Item) -> Sequence[Action]:
        return items.moves(self._names.sightings, copy, mark.into)

    def _while_marked(self, mark: MergeMark, actions: Sequence[Action]) -> None:
        there = Check(self._names.people, {"label": mark.label}, mark.on_source())
        self._dynamo.transact([there, *actions])

    def _copies(self, label: str) -> Iterator[Item]:
        where = Expression("#owner = :owner", {"owner": items.of_label(label)})
        return self._dynamo.query(Query(self._names.sightings, where))


_CROP_ACTIONS = 2
"""That a crop needs: it goes here, and comes there."""
_MOST = 100
"""Crops in a transaction, which takes 4 MB."""


class CropMoves:
    """Put another label on a person's crops, in batches."""

    def __init__(self, dynamo: Dynamo, names: Names, crops: AwsCrops) -> None:
        self._dynamo = dynamo
        self._names = names
        self._crops = crops

    def move(self, mark: MergeMark) -> None:
        """Move those that are left. Raises ``TransactionRefused``: the mark is gone."""
        moves = self._crops.moves(mark.label, mark.into)
        size = min(_MOST, (self._dynamo.max_actions - 1) // _CROP_ACTIONS)
        while batch := list(islice(moves, size)):
            there: Action = Check(self._names.people, {"label": mark.label}, mark.on_source())
            self._dynamo.transact([there, *(action for move in batch for action in move)])
