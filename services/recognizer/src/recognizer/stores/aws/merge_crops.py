"""Puts another label on a person's crops."""

from __future__ import annotations

from itertools import islice

from recognizer.stores.aws.crops import AwsCrops
from recognizer.stores.aws.dynamo import Dynamo
from recognizer.stores.aws.dynamo_requests import Action, Check
from recognizer.stores.aws.merge_mark import MergeMark
from recognizer.stores.aws.names import Names

_CROP_ACTIONS = 2
"""That a crop needs: it goes here, and comes there."""
_MOST = 100
"""Crops in a transaction, which takes 4 MB."""


class CropMoves:
    """In batches."""

    def __init__(self, dynamo: Dynamo, names: Names, crops: AwsCrops) -> None:
        self._dynamo = dynamo
        self._names = names
        self._crops = crops

    def move(self, mark: MergeMark) -> None:
        """Moves those that are left. Raises ``TransactionRefused``: the mark is gone."""
        moves = self._crops.moves(mark.label, mark.into)
        size = min(_MOST, (self._dynamo.max_actions - 1) // _CROP_ACTIONS)
        while batch := list(islice(moves, size)):
            there: Action = Check(self._names.people, {"label": mark.label}, mark.on_source())
            self._dynamo.transact([there, *(action for move in batch for action in move)])
