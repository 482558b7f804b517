"""Load the whole gallery from a snapshot object and the log since, and renew the snapshot.

A write during a load is safe: the log after the snapshot's version is read consistently and without
a gap, and each of its faces is read from the table.

A removal leaves an object with the embedding, the picture and the log's entry. The log lists them
until the manifest names a newer object. The manifest is not ``tidy`` until all of them are removed.
So the next load or removal after a kill finishes the work.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass

from recognizer.adapters.aws.errors import ConditionFailed, ObjectGone
from recognizer.adapters.aws.gallery_faces import GalleryFaces
from recognizer.adapters.aws.gallery_log import GalleryLog, History
from recognizer.adapters.aws.gallery_object import (
    FOLDER,
    NO_MODEL,
    GalleryFile,
    GalleryFileDamaged,
    GalleryManifests,
    Manifest,
    before_version,
    empty_gallery,
    gallery_bytes,
    new_object_name,
    read_gallery,
)
from recognizer.adapters.aws.objects import Objects
from recognizer.domain.errors import StoreUnavailable
from recognizer.domain.ports import GallerySnapshot

logger = logging.getLogger(__name__)

_ATTEMPTS = 5
_LONG_LOG = 200
"""A log of up to this many changes is read quickly, so it needs no new snapshot."""
_LONG_PART = 0.1
"""A longer log needs a new snapshot once it is longer than this part of the gallery."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    """The result of a load.

    Attributes:
        faces: the number of faces of all models.
        manifest: the manifest that was read.
        renew: whether a new snapshot should be written.
        useless: whether the object of the manifest can't be used.
    """

    gallery: GalleryFile
    faces: int
    manifest: Manifest | None
    renew: bool
    useless: bool = False


class GallerySnapshots:
    """Loads the gallery, and renews its snapshot object."""

    def __init__(
        self, manifest: GalleryManifests, objects: Objects, log: GalleryLog, faces: GalleryFaces
    ) -> None:
        self._manifest = manifest
        self._objects = objects
        self._log = log
        self._faces = faces

    def load(self, model: str, dimension: int) -> GallerySnapshot:
        """Return the gallery of this model."""
        loaded = self._current(model, dimension)
        try:
            self._bring_up(loaded)
        except StoreUnavailable as error:  # the gallery is right; the next load tries again
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
        """Remove everything that is left of removed faces."""
        manifest = self._manifest.read()
        if manifest is not None and manifest.model != NO_MODEL:
            self._bring_up(self._current(manifest.model, manifest.dimension))
        else:
            self._drop(manifest)

    def _bring_up(self, loaded: _Loaded) -> None:
        if loaded.renew:
            self._keep(loaded)
        if loaded.renew or (loaded.manifest and not loaded.manifest.tidy):
            self._tidy_up()

    def _current(self, model: str, dimension: int) -> _Loaded:
        manifest = self._manifest.read()
        for _ in range(_ATTEMPTS):
            if (loaded := self._from_object(manifest, model, dimension)) is not None:
                return loaded
            before, manifest = manifest, self._manifest.read()
            if manifest is None or (before and before.object == manifest.object):
                break  # else a newer object has replaced this one
        head = self._log.head()
        gallery = self._faces.scan(head.version, model, dimension)
        return _Loaded(gallery, head.faces, manifest, renew=True, useless=True)

    def _from_object(self, manifest: Manifest | None, model: str, dimension: int) -> _Loaded | None:
        """Return None if the object can't be used, or the log since is incomplete."""
        base = self._base(manifest, model, dimension)
        history = None if base is None else self._log.since(base.version)
        if base is None or history is None:
            return None
        gallery = self._faces.with_changes(base, history)
        return _Loaded(gallery, history.head.faces, manifest, _is_worth_it(base, history))

    def _base(self, manifest: Manifest | None, model: str, dimension: int) -> GalleryFile | None:
        if manifest is None:
            return empty_gallery(model, dimension)
        if manifest.model != model:
            return None
        try:
            return read_gallery(self._objects.get(manifest.object))
        except ObjectGone:
            return None
        except GalleryFileDamaged as error:
            logger.warning("%s; the faces are read one by one instead", error)
            return None

    def _keep(self, loaded: _Loaded) -> None:
        """Write the object, name it in the manifest, then remove the object before."""
        gallery, useless = loaded.gallery, loaded.manifest if loaded.useless else None
        name = new_object_name(gallery.version)
        self._objects.put(name, gallery_bytes(gallery))
        manifest = Manifest(gallery.version, name, gallery.model, gallery.vectors.shape[1])
        try:
            before = self._manifest.replace(manifest, instead_of=useless)
        except ConditionFailed:  # another process named one that is as new
            self._objects.remove([name])
        else:
            self._objects.remove([before.object] if before else [])

    def _drop(self, before: Manifest | None) -> None:
        """Set a manifest without an object, so that no object with removed faces can be named."""
        version = self._log.head().version
        with suppress(ConditionFailed):  # another process named one that is as new
            self._manifest.replace(Manifest(version, new_object_name(version)), instead_of=before)
        self._tidy_up()

    def _tidy_up(self) -> None:
        """Remove everything that is older than the named object.

        Never remove an object that is as new: another process may be about to name it.
        """
        manifest = self._manifest.read()
        if manifest is None:
            return
        oldest = before_version(manifest.version)
        self._objects.remove([name for name in self._objects.names(FOLDER) if name < oldest])
        self._objects.remove(self._log.pictures(manifest.version))
        self._log.shorten(manifest.version)
        self._manifest.mark_tidy(manifest)


def _is_worth_it(base: GalleryFile, history: History) -> bool:
    changes = history.changes
    long = len(changes) > max(_LONG_LOG, _LONG_PART * len(base.face_ids))
    return long or any(change.removes for change in changes)
