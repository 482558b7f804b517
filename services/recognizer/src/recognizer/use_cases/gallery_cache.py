"""The gallery in memory, synchronised with the store.

It is loaded whole at the start. The store's version is read at most once per interval. If it
changed, the changes are applied if the store still has them; else the gallery is loaded again,
while other threads use the old one. Changes made by this process are applied at once.

The interval is over when either clock says so, or when the time of day was set back: AWS Lambda
freezes the process between requests, and a monotonic clock may stand still meanwhile.

One lock orders loads and own changes, and each change carries the version that it made. A change
that a load has seen already is skipped. A change that does not directly follow the version in
memory means that another process changed something too, so everything is loaded again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from facecore.vision.gallery import Embedding, Gallery
from recognizer.domain.clock import Clock, Clocks, Monotonic, monotonic_s, utc_now
from recognizer.domain.ports import (
    FaceAdded,
    FaceRemoved,
    Faces,
    GalleryChange,
    PersonRemoved,
    Vision,
)

logger = logging.getLogger(__name__)

_LOADED_AT_ONCE = 10_000
"""Faces added in one step, which bounds the memory: the gallery copies what it adds."""


@dataclass(frozen=True, slots=True)
class GalleryView:
    """A gallery to match against.

    Attributes:
        version: version of the store's gallery that it shows.
        outdated: number of photos left out because another model embedded them.
    """

    gallery: Gallery
    version: int
    outdated: int


class GalleryCache:
    """The gallery in memory. Thread-safe."""

    def __init__(
        self,
        faces: Faces,
        vision: Vision,
        *,
        interval_s: float,
        now: Clock = utc_now,
        monotonic: Monotonic = monotonic_s,
    ) -> None:
        self._faces = faces
        self._vision = vision
        self._interval_s = interval_s
        self._clocks = Clocks(now, monotonic)
        self._lock = threading.Lock()
        self._checked = self._clocks.read()
        self._view = self._load()

    def current(self) -> GalleryView:
        """Return the gallery, at most an interval (and the time of a load) behind the store."""
        elapsed_s = self._clocks.read().elapsed_s(self._checked)
        if elapsed_s >= self._interval_s and self._lock.acquire(blocking=False):
            try:
                self._catch_up()
            finally:
                self._lock.release()
        return self._view

    def refresh(self) -> GalleryView:
        """Return the gallery as the store has it now."""
        with self._lock:
            self._catch_up()
            return self._view

    def at(self, version: int) -> GalleryView:
        """Return the gallery; refresh it unless it has this version, just read from the store."""
        view = self._view
        return view if view.version == version else self.refresh()

    def added(self, face_id: str, label: str, embedding: Embedding, version: int) -> None:
        """Apply a face that this process added to the store, which made ``version``."""
        self._apply(lambda gallery: gallery.add(face_id, label, embedding), version)

    def removed(self, face_id: str, version: int) -> None:
        """Apply that this process removed a face."""
        self._apply(lambda gallery: gallery.remove(face_id), version)

    def removed_person(self, label: str, version: int) -> None:
        """Apply that this process deleted a person."""
        self._apply(lambda gallery: gallery.remove_person(label), version)

    def _apply(self, change: Callable[[Gallery], None], version: int) -> None:
        with self._lock:
            held = self._view
            if version <= held.version:
                return
            if version == held.version + 1:
                change(held.gallery)
                self._view = GalleryView(held.gallery, version, held.outdated)
            else:
                self._view = self._load()

    def _catch_up(self) -> None:
        self._checked = self._clocks.read()
        if self._faces.version() != self._view.version:
            self._view = self._follow() or self._load()

    def _follow(self) -> GalleryView | None:
        """Apply the store's changes to the gallery; none if the store has them no more."""
        held = self._view
        found = self._faces.changes(held.version, self._vision.model_id)
        if found is None:
            return None
        for change in found.changes:
            _apply_to(held.gallery, change)
        return GalleryView(held.gallery, found.version, held.outdated)

    def _load(self) -> GalleryView:
        vision = self._vision
        snapshot = self._faces.snapshot(vision.model_id, vision.dimension)
        gallery = Gallery(vision.model_id, vision.dimension, vision.thresholds)
        embeddings = (Embedding(vision.model_id, vector) for vector in snapshot.vectors)
        faces = zip(snapshot.face_ids, snapshot.labels, embeddings, strict=True)
        while part := list(islice(faces, _LOADED_AT_ONCE)):
            gallery.extend(part)
        if snapshot.outdated:
            logger.warning(
                "%d photos were embedded by another model than %s and are not compared; "
                "run 'recognizer people reembed'",
                snapshot.outdated,
                vision.model_id,
            )
        return GalleryView(gallery, snapshot.version, snapshot.outdated)


def _apply_to(gallery: Gallery, change: GalleryChange) -> None:
    match change:
        case FaceAdded(face_id, label, embedding):
            gallery.add(face_id, label, embedding)
        case FaceRemoved(face_id):
            gallery.remove(face_id)
        case PersonRemoved(label):
            gallery.remove_person(label)
