"""The tombstones that commit a merge of two people: one in each of the two records.

The source's record gets a deletion's tombstone, so that its label is not found and nothing can be
added under it. It also gets the target's label (``into``). The target's record is written in its
final form, with the source's label (``merge_from``). While it has that, it can be neither deleted
nor merged itself. So nothing moves to a person who does not exist.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime

from boto3.dynamodb.conditions import Attr, ConditionBase

from facecore.contract import MergeReceipt
from recognizer.adapters.aws.dynamo_requests import Action, AttributeUpdates, Update
from recognizer.adapters.aws.items import FREE, IS_THERE, LISTED, Item, person
from recognizer.domain.people import merged


@dataclass(frozen=True, slots=True)
class MergeTombstone:
    """A merge in progress.

    Attributes:
        id: identifies this merge; a new person with the label has another, or none.
        photos: the number of the source's photos.
        attributes: the number of attributes that were added to the target.
        same_photos: the number of photos that both had; None until they were counted.
        sightings: the number of sightings; None until they were counted.
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
        """Whether the counts are stored."""
        return self.sightings is not None and self.same_photos is not None

    def on_source(self) -> ConditionBase:
        """Return the condition, on the record of ``label``, that the merge is in progress."""
        return Attr("deletion").eq(self.id)

    def on_target(self) -> ConditionBase:
        """Return the condition, on the record of ``into``, that the merge is in progress."""
        return Attr("merge_id").eq(self.id)

    def receipt(self) -> MergeReceipt:
        """Return the receipt of the whole merge."""
        return MergeReceipt(
            label=self.label,
            into=self.into,
            created=self.created,
            photos=self.photos - (self.same_photos or 0),
            same_photos=self.same_photos or 0,
            sightings=self.sightings or 0,
            attributes=self.attributes,
        )


def read_tombstone(record: Item | None) -> MergeTombstone | None:
    """Return the tombstone in a source's record, if any."""
    if record is None or "into" not in record:
        return None
    same, sightings = record.get("same_photos"), record.get("sightings")
    return MergeTombstone(
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
    """The records that a merge is based on, and the tombstones that commit it.

    Args:
        source: the record that is removed.
        target: the record that stays; None if no person has the label ``into``.

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

    def tombstones(self, people: str, version: int) -> list[Action]:
        """Return the two actions. Each fails if its record was changed or is part of a merge.

        Args:
            people: the table.
            version: the gallery's version without the source's faces.
        """
        return [self._on_source(people, version), self._on_target(people)]

    def _on_source(self, people: str, version: int) -> Action:
        """Return the action that removes the record's contents, which the target has."""
        values: Item = {
            "deletion": self._id,
            "into": self._into,
            "gallery_version": version,
            "photos": self.photos,
            "added": self._record.added,
            "created": int(self._target is None),
        }
        change = AttributeUpdates(values, remove=("listed", "name", "attributes"))
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
        change = AttributeUpdates(values)
        nobody = Attr("label").not_exists()
        free = nobody if self._target is None else _as_seen(self._target)
        return Update(people, {"label": self._into}, change, free)


def _as_seen(record: Item) -> ConditionBase:
    """Return the condition that the record is unchanged and not part of another merge."""
    return IS_THERE & FREE & Attr("updated_at").eq(record["updated_at"])
