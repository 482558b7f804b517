"""The ports ``KeptCrops`` and ``IgnoredFaces`` on DynamoDB, with JPEGs in the items.

A write of a few kilobytes costs less than an object in S3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from facecore.contract import in_utc
from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.dynamo import Dynamo
from recognizer.adapters.aws.dynamo_requests import Action, Check, Delete, Put, Query
from recognizer.adapters.aws.errors import TransactionRefused
from recognizer.adapters.aws.items import (
    IS_THERE,
    Item,
    embedded,
    embedding_of,
    expires_at,
    unexpired,
)
from recognizer.adapters.aws.timeline import Wanted, newest, shard, shards, sort_key
from recognizer.adapters.damage import readable_rows
from recognizer.adapters.stored_values import read_face, written_face
from recognizer.domain.clock import Clock
from recognizer.domain.cursors import from_us, to_us
from recognizer.domain.errors import CropNotFound, PersonNotFound, UnknownPersonNotFound
from recognizer.domain.ports import IgnoredFace, KeptCrop
from recognizer.domain.ports.sightings import VISIT_DIGITS

_THERE = Attr("owner").exists()
_BEFORE_ALL = "/"
"""Sorts before every id, which has hexadecimal digits. DynamoDB allows no empty text as a key."""
_FACES, _PICTURES = "ignored", "ignored picture"
"""Owners of the ignored faces, and of their JPEGs: every recognition reads the former only."""


class AwsCrops:
    """Crops, found by owner (a person or visit) and id."""

    def __init__(self, dynamo: Dynamo, names: Names, lifetime: timedelta, now: Clock) -> None:
        self._dynamo = dynamo
        self._table = names.crops
        self._people = names.people
        self._lifetime = lifetime
        self._now = now

    def put(self, crop: KeptCrop, picture: bytes) -> bool:
        """Store a crop; return False if its person was deleted. A named crop is one transaction."""
        item = self._item(crop, picture)
        if crop.label is None:
            self._dynamo.put(self._table, item)
            return True
        try:
            self._dynamo.transact([self._check(crop.label), Put(self._table, item)])
        except TransactionRefused:
            return False
        return True

    def of_visit(self, visit: str, label: str | None) -> list[KeptCrop]:
        """Return a visit's crops, ordered by id. A consistent read."""
        owner = Key("owner").eq(_owner(visit, label))
        where = owner if label is None else owner & Key("id").begins_with(visit)
        return _read_all(self._query(where))

    def get(self, crop_id: str, label: str | None) -> KeptCrop:
        """Return the crop. Raise ``CropNotFound``."""
        for crop in _read_all([self._read(crop_id, label)]):
            return crop
        raise CropNotFound(crop_id)

    def picture(self, crop_id: str, label: str | None) -> bytes:
        """Return the JPEG. Raise ``CropNotFound``."""
        return _picture(self._read(crop_id, label))

    def move(self, crop: KeptCrop, label: str | None) -> None:
        """Move a crop to another label in one transaction. Raise ``CropNotFound``.

        Raise ``PersonNotFound`` if no person has the label.
        """
        picture = self.picture(crop.id, crop.label)
        moved = self._item(crop.of(label), picture)
        checks: list[Action] = [] if label is None else [self._check(label)]
        away = Delete(self._table, _key(crop.id, crop.label), _THERE)
        try:
            self._dynamo.transact([*checks, Put(self._table, moved), away])
        except TransactionRefused as refused:
            if label is not None and 0 in refused.failed:
                raise PersonNotFound(label) from refused
            raise CropNotFound(crop.id) from refused

    def remove(self, crop: KeptCrop) -> None:
        """Delete the crop, if it exists."""
        self._dynamo.delete(self._table, _key(crop.id, crop.label))

    def unknown_people(self, model_id: str, limit: int) -> list[KeptCrop]:
        """Return crops of unknown people, newest first. The index lags behind briefly."""
        only = unexpired(self._now(), model=model_id)
        partitions = shards(self._table, "by_time")
        found: list[Item] = []
        after = None
        while len(found) < limit:
            page = newest(
                self._dynamo, partitions, Wanted(only=only), after=after, limit=limit - len(found)
            )
            found += page.items
            if (after := page.next) is None:
                break
        return _read_all(found)

    def of_person(
        self, label: str, *, after: str | None = None
    ) -> Iterator[tuple[KeptCrop, bytes]]:
        """Yield crops with JPEGs, by id. Consistent queries of one megabyte each."""
        where = Key("owner").eq(_of_label(label)) & Key("id").gt(after or _BEFORE_ALL)
        for item in self._query(where):
            for crop in _read_all([item]):
                yield crop, _picture(item)

    def keys_of(self, label: str) -> Iterator[Item]:
        """Yield the keys of all crops of the person, also expired ones. A consistent read."""
        where = Key("owner").eq(_of_label(label))
        for item in self._dynamo.query(Query(self._table, where)):
            yield {"owner": item["owner"], "id": item["id"]}

    def moves(self, label: str, into: str) -> Iterator[tuple[Action, Action]]:
        """Yield the actions that move each of a person's crops to another person."""
        where = Key("owner").eq(_of_label(label))
        for item in self._dynamo.query(Query(self._table, where)):
            away = Delete(self._table, {"owner": item["owner"], "id": item["id"]})
            yield Put(self._table, {**item, "owner": _of_label(into)}), away

    def _query(self, where: ConditionBase) -> Iterator[Item]:
        return self._dynamo.query(Query(self._table, where, only=unexpired(self._now())))

    def _read(self, crop_id: str, label: str | None) -> Item:
        item = self._dynamo.get(self._table, _key(crop_id, label))
        if item is None or int(item["expires_at"]) <= int(self._now().timestamp()):
            raise CropNotFound(crop_id)
        return item

    def _check(self, label: str) -> Action:
        return Check(self._people, {"label": label}, IS_THERE)

    def _item(self, crop: KeptCrop, picture: bytes) -> Item:
        item: Item = {
            **_key(crop.id, crop.label),
            "face": written_face(crop.face),
            **embedded(crop.embedding),
            "picture": picture,
            "expires_at": expires_at(crop.face.received_at, self._lifetime),
        }
        if crop.label is not None:
            return item
        place = {"shard": shard(crop.id), "moment": sort_key(crop.face.captured_at, crop.id)}
        return {**item, **place}


def _of_label(label: str) -> str:
    return f"label#{label}"


def _owner(visit: str, label: str | None) -> str:
    return f"visit#{visit}" if label is None else _of_label(label)


def _key(crop_id: str, label: str | None) -> Item:
    return {"owner": _owner(crop_id[:VISIT_DIGITS], label), "id": crop_id}


def _picture(item: Item) -> bytes:
    picture = item["picture"]
    return picture if isinstance(picture, bytes) else b""


def _read_all(items: Iterable[Item]) -> list[KeptCrop]:
    return readable_rows("crop", items, _crop, lambda item: item["id"])


def _crop(item: Item) -> KeptCrop:
    """Return the crop of an item from the table or from the index."""
    owner, _, name = str(item["owner"]).partition("#")
    return KeptCrop(
        id=str(item["id"]),
        label=name if owner == "label" else None,
        face=read_face(str(item["face"])),
        embedding=embedding_of(item),
    )


class AwsIgnoredFaces:
    """Ignored faces, found by id."""

    def __init__(self, dynamo: Dynamo, names: Names, lifetime: timedelta, now: Clock) -> None:
        self._dynamo = dynamo
        self._table = names.crops
        self._lifetime = lifetime
        self._now = now

    def add(self, face: IgnoredFace, picture: bytes) -> None:
        """Add face and JPEG in one transaction."""
        expiry: Item = {"expires_at": expires_at(face.ignored_at, self._lifetime)}
        kept: Item = {
            **_ignored_key(_FACES, face.id),
            **embedded(face.embedding),
            **expiry,
            "ignored_at": to_us(face.ignored_at),
        }
        shown: Item = {**_ignored_key(_PICTURES, face.id), **expiry, "picture": picture}
        self._dynamo.transact([Put(self._table, kept), Put(self._table, shown)])

    def list(self) -> list[IgnoredFace]:
        """Return all ignored faces, newest first. A consistent read."""
        where = Key("owner").eq(_FACES)
        items = self._dynamo.query(Query(self._table, where, only=unexpired(self._now())))
        faces = readable_rows("ignored face", items, _face, lambda item: item["id"])
        return sorted(faces, key=lambda face: (face.ignored_at, face.id), reverse=True)

    def picture(self, face_id: str) -> bytes:
        """Return the JPEG. Raise ``CropNotFound``."""
        item = self._dynamo.get(self._table, _ignored_key(_PICTURES, face_id))
        if item is None or int(item["expires_at"]) <= int(self._now().timestamp()):
            raise CropNotFound(face_id)
        return _picture(item)

    def remove(self, face_id: str) -> None:
        """Remove face and JPEG in one transaction. Raise ``UnknownPersonNotFound``."""
        face = Delete(self._table, _ignored_key(_FACES, face_id), _THERE)
        try:
            self._dynamo.transact([face, Delete(self._table, _ignored_key(_PICTURES, face_id))])
        except TransactionRefused as refused:
            raise UnknownPersonNotFound(face_id) from refused


def _face(item: Item) -> IgnoredFace:
    ignored_at = in_utc(from_us(int(item["ignored_at"])))
    return IgnoredFace(str(item["id"]), ignored_at, embedding_of(item))


def _ignored_key(kind: str, face_id: str) -> Item:
    return {"owner": kind, "id": face_id}
