"""The port ``Faces`` on DynamoDB. S3 holds the photos' bytes and the gallery's snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from boto3.dynamodb.conditions import Attr, Key
from numpy.typing import NDArray

from facecore.contract import Photo
from facecore.vision.gallery import Embedding
from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.dynamo import Dynamo, attempts
from recognizer.adapters.aws.dynamo_requests import (
    Action,
    AttributeUpdates,
    Check,
    Delete,
    Put,
    Query,
    Update,
)
from recognizer.adapters.aws.errors import ObjectGone, TransactionRefused
from recognizer.adapters.aws.gallery_faces import GalleryFaces
from recognizer.adapters.aws.gallery_log import Change, ChangeKind, GalleryLog
from recognizer.adapters.aws.gallery_snapshot import GallerySnapshots
from recognizer.adapters.aws.items import IS_THERE, Item, is_there
from recognizer.adapters.aws.objects import Objects, new_photo_name
from recognizer.adapters.damage import readable_rows
from recognizer.domain.errors import GalleryMoved, PersonNotFound, PhotoNotFound, StoreUnavailable
from recognizer.domain.ports import (
    EnrolledFace,
    FaceAdded,
    FaceRemoved,
    GalleryChange,
    GalleryChanges,
    GallerySnapshot,
    PersonRemoved,
)

_ATTEMPTS = 20
_THERE = Attr("photo_id").exists()
_NOT_THERE = Attr("photo_id").not_exists()


class AwsFaces:
    """Enrolment photos, found by label and photo id."""

    def __init__(
        self,
        dynamo: Dynamo,
        names: Names,
        *,
        objects: Objects,
        log: GalleryLog,
        gallery: GalleryFaces,
        snapshots: GallerySnapshots,
    ) -> None:
        self._dynamo = dynamo
        self._objects = objects
        self._names = names
        self._log = log
        self._gallery = gallery
        self._snapshots = snapshots

    def add(self, face: EnrolledFace, picture: bytes, *, seen_version: int) -> int:
        """Put the object, then commit the item that names it; return the gallery's version."""
        label = face.photo.label
        name = new_photo_name(label)
        self._objects.put(name, picture)
        change = Change(ChangeKind.ADDED, label, face.photo.id)
        try:
            self._dynamo.transact(
                [
                    self._count(label, 1),
                    Put(self._names.faces, _item(face, name), _NOT_THERE),
                    *self._log.entries(change, seen=seen_version, faces=1),
                ]
            )
        except TransactionRefused as refused:
            self._objects.remove([name])
            raise _refusal(refused, label, seen_version) from refused
        return seen_version + 1

    def find(self, label: str, photo_id: str) -> Photo | None:
        """Return the photo, if the person has it."""
        self._require_person(label)
        item = self._dynamo.get(self._names.faces, _key(label, photo_id))
        return next(iter(_photos([] if item is None else [item])), None)

    def list(self, label: str) -> list[Photo]:
        """Return the person's photos, oldest first."""
        self._require_person(label)
        where = Key("label").eq(label)
        photos = _photos(self._dynamo.query(Query(self._names.faces, where)))
        return sorted(photos, key=lambda photo: (photo.created_at, photo.id))

    def remove(self, label: str, photo_id: str) -> int:
        """Commit the deletion, then remove the object and renew the snapshot.

        Return the gallery's version. No snapshot then holds the embedding.
        """
        self._require_person(label)
        picture = self._picture_name(label, photo_id)
        away = Delete(
            self._names.faces,
            _key(label, photo_id),
            Attr("picture").eq(picture),
        )
        change = Change(ChangeKind.REMOVED, label, photo_id, picture)
        version = self._changed(change, [self._count(label, -1), away], faces=-1)
        self._objects.remove([picture])
        self._snapshots.renew()
        return version

    def picture(self, label: str, photo_id: str) -> bytes:
        """Return the bytes as they were sent. Raise ``PhotoNotFound``."""
        name = self._picture_name(label, photo_id)
        try:
            return self._objects.get(name)
        except ObjectGone as error:  # removed since the item was read
            raise PhotoNotFound(label, photo_id) from error

    def outdated(self, model_id: str) -> tuple[Photo, ...]:
        """Return all photos whose embedding is of another model. Scan the faces."""
        items = self._dynamo.scan(self._names.faces, ("label", "photo_id", "photo", "model"))
        photos = _photos(item for item in items if item["model"] != model_id)
        return tuple(sorted(photos, key=lambda photo: (photo.label, photo.id)))

    def replace(self, face: EnrolledFace) -> int:
        """Replace a photo's embedding; return the gallery's version."""
        photo = face.photo
        new = Update(
            self._names.faces,
            _key(photo.label, photo.id),
            AttributeUpdates(_measured(face)),
            _THERE,
        )
        person = Check(self._names.people, {"label": photo.label}, IS_THERE)
        try:
            return self._changed(
                Change(ChangeKind.REPLACED, photo.label, photo.id), [person, new], faces=0
            )
        except PersonNotFound as error:
            raise PhotoNotFound(photo.label, photo.id) from error

    def version(self) -> int:
        """Return the gallery's version, by one read of a small item."""
        return self._log.head().version

    def snapshot(self, model_id: str, dimension: int) -> GallerySnapshot:
        """Return the gallery from the snapshot's object and the log since."""
        return self._snapshots.load(model_id, dimension)

    def changes(self, since: int, model_id: str) -> GalleryChanges | None:
        """Return the changes after ``since``, with the embeddings of added faces.

        Return None if the log does not reach back so far, or a face was replaced.
        """
        history = self._log.since(since)
        if history is None or any(one.kind is ChangeKind.REPLACED for one in history.changes):
            return None
        changes = history.changes
        added = [change.face_id for change in changes if change.kind is ChangeKind.ADDED]
        vectors = self._gallery.vectors(added, model_id)
        found = (_gallery_change(one, model_id, vectors.get(one.face_id)) for one in changes)
        return GalleryChanges(history.head.version, tuple(found))

    def _require_person(self, label: str) -> None:
        if not is_there(self._dynamo.get(self._names.people, {"label": label})):
            raise PersonNotFound(label)

    def _picture_name(self, label: str, photo_id: str) -> str:
        item = self._dynamo.get(self._names.faces, _key(label, photo_id))
        if item is None:
            raise PhotoNotFound(label, photo_id)
        return str(item["picture"])

    def _count(self, label: str, more: int) -> Action:
        """Return the action that changes the person's count, if the person exists."""
        change = AttributeUpdates(add={"photo_count": more})
        return Update(self._names.people, {"label": label}, change, IS_THERE)

    def _changed(self, change: Change, actions: Sequence[Action], *, faces: int) -> int:
        """Commit the actions; return the new version. Retry if the gallery was changed meanwhile.

        Raises:
            PersonNotFound: the condition of the first action does not hold.
            PhotoNotFound: the condition of the second action does not hold.
        """
        for _ in attempts(_ATTEMPTS):
            seen = self._log.head().version
            entries = self._log.entries(change, seen=seen, faces=faces)
            try:
                self._dynamo.transact([*actions, *entries])
            except TransactionRefused as refused:
                if 0 in refused.failed:
                    raise PersonNotFound(change.label) from refused
                if 1 in refused.failed:
                    raise PhotoNotFound(change.label, change.photo_id) from refused
            else:
                return seen + 1
        raise StoreUnavailable("other requests keep changing the gallery; try again")


def _gallery_change(
    change: Change, model: str, vector: NDArray[np.float32] | None
) -> GalleryChange:
    """Return the change; a face without a vector was removed since, or is of another model."""
    if change.kind is ChangeKind.PERSON_REMOVED:
        return PersonRemoved(change.label)
    if vector is None or change.removes:
        return FaceRemoved(change.face_id)
    return FaceAdded(change.face_id, change.label, Embedding(model, vector))


def _refusal(refused: TransactionRefused, label: str, seen: int) -> Exception:
    if 0 in refused.failed:
        return PersonNotFound(label)
    return GalleryMoved(f"the gallery has not the version {seen} any more; look again")


def _key(label: str, photo_id: str) -> Item:
    return {"label": label, "photo_id": photo_id}


def _item(face: EnrolledFace, picture: str) -> Item:
    key = _key(face.photo.label, face.photo.id)
    return {**key, **_measured(face), "picture": picture}


def _measured(face: EnrolledFace) -> Item:
    return {
        "photo": face.photo.model_dump_json(),
        "model": face.photo.model,
        "embedding": face.embedding.vector.astype("<f4").tobytes(),
    }


def _photos(items: Iterable[Item]) -> list[Photo]:
    return readable_rows("photo", items, _photo, lambda item: (item["label"], item["photo_id"]))


def _photo(item: Item) -> Photo:
    return Photo.model_validate_json(str(item["photo"]))
