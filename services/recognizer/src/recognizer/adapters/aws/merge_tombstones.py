"""Commits a merge of two people: a mark on each of the two records, and what the log must say.

The source's record gets a deletion's mark, so that nobody is found under its label and nothing can
be added under it, and beside it the name of who gets everything. The target's record is written as
it will be, and says whose things are on their way to it (``merge_from``); as long as it does it can
neither be deleted nor merged itself, so what is on its way can't end with an unknown person.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime

from facecore.contract import MergeReceipt
from recognizer.adapters.aws.dynamo_requests import Action, Expression, Item, Update
from recognizer.adapters.aws.records import FREE, IS_THERE, LISTED, person
from recognizer.domain.merged_record import merged


@dataclass(frozen=True, slots=True)
class MergeMark:
    """A merge under way.

    Attributes:
        id: of this merge; a new person of the label has another, or none.
        photos: how many the source had.
        attributes: how many were added to the target.
        same_photos: how many both had; none as long as it is not counted.
        sightings: how many there were; none likewise.
    """

    label: str
    into: str
    id: str
    created: bool
    photos: int
    attributes: int
    same_photos: int | None
    sightings: int | None

    @property
    def is_counted(self) -> bool:
        """Whether what there was is written down."""
        return self.sightings is not None and self.same_photos is not None

    def on_source(self) -> Expression:
        """The condition that it is under way, on the record of ``label``."""
        return Expression("#deletion = :deletion", {"deletion": self.id})

    def on_target(self) -> Expression:
        """Likewise, on that of ``into``."""
        return Expression("#merge_id = :merge_id", {"merge_id": self.id})

    def receipt(self) -> MergeReceipt:
        """What it moves altogether."""
        return MergeReceipt(
            label=self.label,
            into=self.into,
            created=self.created,
            photos=self.photos - (self.same_photos or 0),
            same_photos=self.same_photos or 0,
            sightings=self.sightings or 0,
            attributes=self.attributes,
        )


def read_mark(record: Item | None) -> MergeMark | None:
    """The merge that a source's record is marked with."""
    if record is None or "into" not in record:
        return None
    same, sightings = record.get("same_photos"), record.get("sightings")
    return MergeMark(
        label=str(record["label"]),
        into=str(record["into"]),
        id=str(record["deletion"]),
        created=bool(record["created"]),
        photos=int(record["photos"]),
        attributes=int(record["added"]),
        same_photos=None if same is None else int(same),
        sightings=None if sightings is None else int(sightings),
    )


class MergeProposal:
    """What a merge is decided on, and the marks that commit it.

    Args:
        source: the record that goes.
        target: the one that stays; none if nobody has the label ``into``.

    Raises:
        MergeImpossible: the two together have too many attributes.
    """

    def __init__(self, source: Item, target: Item | None, into: str, at: datetime) -> None:
        self._source = source
        self._target = target
        self._into = into
        self._at = at
        self._record = merged(person(source), None if target is None else person(target))
        self._id = secrets.token_hex(16)
        self.label = str(source["label"])
        self.photos = int(source.get("photo_count", 0))

    def marks(self, people: str, version: int) -> list[Action]:
        """Both are refused when the record is not as it was seen, or part of another merge.

        Args:
            people: the table.
            version: of the gallery without the source's faces.
        """
        return [self._on_source(people, version), self._on_target(people)]

    def _on_source(self, people: str, version: int) -> Action:
        """Take the record's contents away at once; the target has them."""
        values: Item = {
            "deletion": self._id,
            "into": self._into,
            "gallery_version": version,
            "photos": self.photos,
            "added": self._record.added,
            "created": int(self._target is None),
        }
        change = Expression(f"SET {_sets(values)} REMOVE #listed, #name, #attributes", values)
        return Update(people, {"label": self.label}, change, _as_seen(self._source))

    def _on_target(self, people: str) -> Action:
        values: Item = {
            "name": self._record.name,
            "attributes": json.dumps(self._record.attributes, ensure_ascii=False),
            "updated_at": self._at.isoformat(),
            "created_at": (self._target or self._source)["created_at"],
            "listed": LISTED,
            "merge_from": self.label,
            "merge_id": self._id,
        }
        change = Expression(f"SET {_sets(values)}", values)
        nobody = Expression("attribute_not_exists(#label)")
        free = nobody if self._target is None else _as_seen(self._target)
        return Update(people, {"label": self._into}, change, free)


def _sets(values: Item) -> str:
    return ", ".join(f"#{name} = :{name}" for name in values)


def _as_seen(record: Item) -> Expression:
    """The record is what the merge was decided on, and no part of another one."""
    text = f"{IS_THERE.text} AND {FREE.text} AND #updated_at = :seen_at"
    return Expression(text, {"seen_at": record["updated_at"]})
