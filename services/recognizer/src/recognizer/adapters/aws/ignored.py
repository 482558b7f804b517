"""The port ``IgnoredFaces`` on DynamoDB, in the table of the crops.

The JPEGs are separate items, since every recognition reads the list of ignored faces.
"""

from __future__ import annotations

from datetime import timedelta

from boto3.dynamodb.conditions import Attr, Key

from facecore.contract import in_utc
from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.dynamo import Dynamo
from recognizer.adapters.aws.dynamo_requests import (
    Delete,
    Item,
    Put,
    Query,
    TransactionRefused,
)
from recognizer.adapters.aws.item_attributes import embedded, embedding_of, expires_at, unexpired
from recognizer.adapters.damage import readable_rows
from recognizer.domain.clock import Clock
from recognizer.domain.cursors import from_us, to_us
from recognizer.domain.errors import CropNotFound, UnknownPersonNotFound
from recognizer.domain.ports import IgnoredFace

_FACES = "ignored"
_PICTURES = "ignored picture"


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
            **_key(_FACES, face.id),
            **embedded(face.embedding),
            **expiry,
            "ignored_at": to_us(face.ignored_at),
        }
        shown: Item = {**_key(_PICTURES, face.id), **expiry, "picture": picture}
        self._dynamo.transact([Put(self._table, kept), Put(self._table, shown)])

    def list(self) -> list[IgnoredFace]:
        """Return all ignored faces, newest first. A consistent read."""
        where = Key("owner").eq(_FACES)
        items = self._dynamo.query(Query(self._table, where, only=unexpired(self._now())))
        faces = readable_rows("ignored face", items, _face, lambda item: item["id"])
        return sorted(faces, key=lambda face: (face.ignored_at, face.id), reverse=True)

    def picture(self, face_id: str) -> bytes:
        """Return the JPEG. Raise ``CropNotFound``."""
        item = self._dynamo.get(self._table, _key(_PICTURES, face_id))
        if item is None or int(item["expires_at"]) <= int(self._now().timestamp()):
            raise CropNotFound(face_id)
        picture = item["picture"]
        return picture if isinstance(picture, bytes) else b""

    def remove(self, face_id: str) -> None:
        """Remove face and JPEG in one transaction. Raise ``UnknownPersonNotFound``."""
        there = Attr("owner").exists()
        face = Delete(self._table, _key(_FACES, face_id), there)
        try:
            self._dynamo.transact([face, Delete(self._table, _key(_PICTURES, face_id))])
        except TransactionRefused as refused:
            raise UnknownPersonNotFound(face_id) from refused


def _face(item: Item) -> IgnoredFace:
    ignored_at = in_utc(from_us(int(item["ignored_at"])))
    return IgnoredFace(str(item["id"]), ignored_at, embedding_of(item))


def _key(kind: str, face_id: str) -> Item:
    return {"owner": kind, "id": face_id}
