"""The gallery as a whole: a snapshot object, the log since, and a new snapshot when it is time.

A write that races a load does no harm: the log after the snapshot's version is read consistently
and without a gap, and each face it speaks of is read from the table.

What a removal leaves behind (an object with the embedding, the picture, the log's entry) is told by
the log until a newer object is named, and by the pointer until all of it is gone. So whoever comes
after a kill finishes it.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass

from recognizer.adapters.aws import gallery_file
from recognizer.adapters.aws.dynamo_requests import ConditionFailed
from recognizer.adapters.aws.gallery_faces import GalleryFaces
from recognizer.adapters.aws.gallery_file import GalleryFile, GalleryFileDamaged
from recognizer.adapters.aws.gallery_log import GalleryLog, History
from recognizer.adapters.aws.gallery_manifest import (
    FOLDER,
    NO_MODEL,
    GalleryPointer,
    Pointer,
    before_version,
    new_object_name,
)
from recognizer.adapters.aws.objects import ObjectGone, Objects
from recognizer.domain.errors import StoreUnavailable
from recognizer.domain.ports import GallerySnapshot

logger = logging.getLogger(__name__)

_ATTEMPTS = 5
_LONG_LOG = 200
"""So many changes are read in a moment; a longer log is worth a new snapshot …"""
_LONG_PART = 0.1
"""… once it is this part of the gallery."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What a load found.

    Attributes:
        faces: how many there are, of every model.
        pointer: the one that was there.
        renew: whether the gallery is worth an object of its own.
        useless: whether the pointer leads to nothing that can be used.
    """

    gallery: GalleryFile
    faces: int
    pointer: Pointer | None
    renew: bool
    useless: bool = False


class GallerySnapshots:
    """Loads the gallery, and renews the object that it is loaded from."""

    def __init__(
        self, pointer: GalleryPointer, objects: Objects, log: GalleryLog, faces: GalleryFaces
    ) -> None:
        self._pointer = pointer
        self._objects = objects
        self._log = log
        self._faces = faces

    def load(self, model: str, dimension: int) -> GallerySnapshot:
        """Everything that the gallery of this model compares with."""
        loaded = self._current(model, dimension)
        try:
            self._bring_up(loaded)
        except StoreUnavailable as error:  # the gallery is right; the next one to load tries
            logger.warning("the gallery's snapshot could not be renewed: %s", error)
        gallery = loaded.gallery
        return GallerySnapshot(
            version=gallery.version,
            face_ids=gallery.face_ids,
            labels=tuple(face_id.rpartition("/")[0] for face_id in gallery.face_ids),
            vectors=gallery.vectors,
            outdated=max(0, loaded.faces - len(gallery.face_ids)),
        )

    def renew(self) -> None:
        """Take away all that is left of what was removed by now."""
        pointer = self._pointer.read()
        if pointer is not None and pointer.model != NO_MODEL:
            self._bring_up(self._current(pointer.model, pointer.dimension))
        else:
            self._drop(pointer)

    def _bring_up(self, loaded: _Loaded) -> None:
        if loaded.renew:
            self._keep(loaded)
        if loaded.renew or (loaded.pointer and not loaded.pointer.tidy):
            self._tidy_up()

    def _current(self, model: str, dimension: int) -> _Loaded:
        pointer = self._pointer.read()
        for _ in range(_ATTEMPTS):
            if (loaded := self._from_object(pointer, model, dimension)) is not None:
                return loaded
            before, pointer = pointer, self._pointer.read()
            if pointer is None or (before and before.object == pointer.object):
                break  # else a newer object has taken the place of this one
        head = self._log.head()
        gallery = self._faces.scan(head.version, model, dimension)
        return _Loaded(gallery, head.faces, pointer, renew=True, useless=True)

    def _from_object(self, pointer: Pointer | None, model: str, dimension: int) -> _Loaded | None:
        """None when the pointer's object can't be used, or the log since is cut off."""
        base = self._base(pointer, model, dimension)
        history = None if base is None else self._log.since(base.version)
        if base is None or history is None:
            return None
        gallery = self._faces.with_changes(base, history)
        return _Loaded(gallery, history.head.faces, pointer, _is_worth_it(base, history))

    def _base(self, pointer: Pointer | None, model: str, dimension: int) -> GalleryFile | None:
        if pointer is None:
            return gallery_file.empty(model, dimension)
        if pointer.model != model:
            return None
        try:
            return gallery_file.read(self._objects.get(pointer.object))
        except ObjectGone:
            return None
        except GalleryFileDamaged as error:
            logger.warning("%s; the faces are read one by one instead", error)
            return None

    def _keep(self, loaded: _Loaded) -> None:
        """Write the object, names it, then takes away the one before."""
        gallery, useless = loaded.gallery, loaded.pointer if loaded.useless else None
        name = new_object_name(gallery.version)
        self._objects.put(name, gallery_file.write(gallery))
        pointer = Pointer(gallery.version, name, gallery.model, gallery.vectors.shape[1])
        try:
            before = self._pointer.move(pointer, instead_of=useless)
        except ConditionFailed:  # somebody named one that is as new
            self._objects.remove([name])
        else:
            self._objects.remove([before.object] if before else [])

    def _drop(self, before: Pointer | None) -> None:
        """Nobody has made an object yet. One that is older than now may not be named any more."""
        version = self._log.head().version
        with suppress(ConditionFailed):  # somebody named one that is as new
            self._pointer.move(Pointer(version, new_object_name(version)), instead_of=before)
        self._tidy_up()

    def _tidy_up(self) -> None:
        """Remove what is older than what is named now.

        Never an object that is as new: another process may be about to name it.
        """
        pointer = self._pointer.read()
        if pointer is None:
            return
        oldest = before_version(pointer.version)
        self._objects.remove([name for name in self._objects.names(FOLDER) if name < oldest])
        self._objects.remove(self._log.pictures(pointer.version))
        self._log.shorten(pointer.version)
        self._pointer.mark_tidy(pointer)


def _is_worth_it(base: GalleryFile, history: History) -> bool:
    changes = history.changes
    long = len(changes) > max(_LONG_LOG, _LONG_PART * len(base.face_ids))
    return long or any(change.removes for change in changes)
