"""Enrolment: the one face of a photo is added to a person, or refused with the reason."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from facecore.contract import (
    Decision,
    DeletionReceipt,
    LookAlikePerson,
    MergeReceipt,
    Photo,
    Quality,
    QualityReason,
)
from facecore.vision.analyzer import AnalyzedFace
from facecore.vision.gallery import Embedding, Gallery
from facecore.vision.quality import ENROLMENT_GATE
from recognizer.domain.clock import Clock
from recognizer.domain.errors import (
    FaceBlurred,
    FaceOfAnotherPerson,
    FaceTooBright,
    FaceTooDark,
    FaceTooSmall,
    FaceTurnedAway,
    GalleryMoved,
    NoFace,
    PhotoRefused,
    SeveralFaces,
    StoreUnavailable,
)
from recognizer.domain.ports import EnrolledFace, Faces, KeptCrop, People, Vision
from recognizer.use_cases.gallery_cache import GalleryCache, GalleryView

ATTEMPTS = 20
"""How often other processes may change the gallery between the check and the commit."""

REFUSALS: Mapping[QualityReason, tuple[type[PhotoRefused], str]] = {
    QualityReason.TOO_SMALL: (
        FaceTooSmall,
        "the face is {q.size_px:.0f} pixels wide; {g.min_size_px:.0f} are needed: come closer",
    ),
    QualityReason.BLURRED: (
        FaceBlurred,
        "the face is blurred (sharpness {q.sharpness:.0f}, needed {g.min_sharpness:.0f}): "
        "hold still and focus",
    ),
    QualityReason.TOO_DARK: (
        FaceTooDark,
        "the face is too dark (brightness {q.brightness:.0f}, needed {g.min_brightness:.0f})",
    ),
    QualityReason.TOO_BRIGHT: (
        FaceTooBright,
        "the face is too bright (brightness {q.brightness:.0f}, at most {g.max_brightness:.0f})",
    ),
    QualityReason.TURNED_AWAY: (
        FaceTurnedAway,
        "the face is turned away (yaw {q.yaw:.2f}, at most {g.max_yaw:.2f}): face the camera",
    ),
}


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A stored photo; ``new`` is false if the same bytes were stored already."""

    photo: Photo
    new: bool


class Enrolment:
    """Adds and removes photos and people's faces, in the store and in the gallery. Thread-safe."""

    def __init__(
        self, vision: Vision, people: People, faces: Faces, gallery: GalleryCache, now: Clock
    ) -> None:
        self._vision = vision
        self._people = people
        self._faces = faces
        self._gallery = gallery
        self._now = now
        self._one_at_a_time = threading.Lock()  # saves retries between threads

    def add(self, label: str, picture: bytes) -> Enrolled:
        """Enrol a JPEG, PNG or WebP. Sending the same bytes again changes nothing.

        Raises:
            PersonNotFound: nobody has the label, or nobody any more.
            PhotoRefused: the subclass says why.
            ImageError: the bytes are no picture.
            StoreUnavailable: the store can't be used.
        """
        sha256 = hashlib.sha256(picture).hexdigest()
        if known := self._faces.find(label, photo_id(sha256)):
            return Enrolled(known, new=False)
        face, embedding = usable_face(self._vision, picture)
        photo = Photo(
            id=photo_id(sha256),
            label=label,
            sha256=sha256,
            model=embedding.model_id,
            box=face.box,
            quality=face.quality,
            created_at=self._now(),
        )
        with self._one_at_a_time:
            return self._keep(EnrolledFace(photo, embedding), picture)

    def add_seen(self, label: str, crop: KeptCrop, picture: bytes) -> Enrolled:
        """Enrol a seen face: the crop's JPEG, with the quality and embedding from when it was seen.

        The crop is not analysed again: it is smaller than the picture that it was cut from, so the
        result would be worse.

        Raises:
            PersonNotFound: nobody has the label, or nobody any more.
            PhotoRefused: the subclass says why.
            StoreUnavailable: the store can't be used.
        """
        _require_good(crop.face.quality)
        sha256 = hashlib.sha256(picture).hexdigest()
        photo = Photo(
            id=photo_id(sha256),
            label=label,
            sha256=sha256,
            model=crop.embedding.model_id,
            box=crop.face.box,
            quality=crop.face.quality,
            created_at=self._now(),
        )
        with self._one_at_a_time:
            return self._keep(EnrolledFace(photo, crop.embedding), picture)

    def check_seen(self, label: str, crop: KeptCrop) -> None:
        """Raise what ``add_seen`` would raise, for a person who does not exist yet."""
        _require_good(crop.face.quality)
        _refuse_another_persons(self._gallery.refresh(), label, crop.embedding)

    def remove(self, label: str, photo: str) -> None:
        """Remove one photo. Raises ``PersonNotFound``, ``PhotoNotFound``."""
        version = self._faces.remove(label, photo)
        self._gallery.removed(f"{label}/{photo}", version)

    def forget(self, label: str) -> DeletionReceipt:
        """Delete a person with all data about them. Raises ``PersonNotFound``."""
        deletion = self._people.delete(label)
        self._gallery.removed_person(label, deletion.gallery_version)
        return deletion.receipt

    def merge(self, label: str, into: str) -> MergeReceipt:
        """Merge two people into one. Raises ``PersonNotFound``, ``MergeImpossible``."""
        receipt = self._people.merge(label, into, self._now())
        self._gallery.refresh()
        return receipt

    def _keep(self, face: EnrolledFace, picture: bytes) -> Enrolled:
        photo = face.photo
        for _ in range(ATTEMPTS):
            view = self._gallery.refresh()
            if known := self._faces.find(photo.label, photo.id):
                return Enrolled(known, new=False)
            _refuse_another_persons(view, photo.label, face.embedding)
            try:
                version = self._faces.add(face, picture, seen_version=view.version)
            except GalleryMoved:
                continue
            face_id = f"{photo.label}/{photo.id}"
            self._gallery.added(face_id, photo.label, face.embedding, version)
            return Enrolled(photo, new=True)
        raise StoreUnavailable("other processes keep changing the gallery; try again in a moment")


def photo_id(sha256: str) -> str:
    """Return the photo's id: 128 bits of its hash, so that the same bytes are the same photo."""
    return sha256[:32]


def usable_face(vision: Vision, picture: bytes) -> tuple[AnalyzedFace, Embedding]:
    """Return a photo's one usable face, which passed the enrolment gate, and its embedding.

    Faces too poor to be recognised (someone small in the background) are not counted.

    Raises:
        PhotoRefused: there is no such face, or more than one.
        ImageError: the bytes are no picture.
    """
    faces = vision.analyze(picture).faces
    if not faces:
        raise NoFace("no face was found; send a photo that shows the person's face")
    usable = [(face, face.embedding) for face in faces if face.embedding is not None]
    if len(usable) > 1:
        raise SeveralFaces(f"{len(usable)} faces were found; crop the photo to one person")
    if not usable:
        raise _too_poor(faces[0].quality)
    face, embedding = usable[0]
    _require_good(face.quality)
    return face, embedding


def _require_good(measured: Quality) -> None:
    if not ENROLMENT_GATE.rejudge(measured).accepted:
        raise _too_poor(measured)


def _too_poor(measured: Quality) -> PhotoRefused:
    quality = ENROLMENT_GATE.rejudge(measured)
    kinds = [REFUSALS[reason] for reason in quality.reasons]
    text = "; ".join(message.format(q=quality, g=ENROLMENT_GATE) for _, message in kinds)
    return kinds[0][0](text)


def _refuse_another_persons(view: GalleryView, label: str, embedding: Embedding) -> None:
    (match,) = view.gallery.match([embedding])
    if match.decision is Decision.MATCH and match.label != label:
        raise FaceOfAnotherPerson(
            f"the face is that of {match.label!r} (similarity {match.similarity:.2f}); "
            "add the photo to that person, or delete that person first"
        )


def flagged(gallery: Gallery, photos: Sequence[Photo]) -> list[Photo]:
    """Return the photos, each with its nearest look-alike if there is one.

    This is not stored but computed from the gallery each time. So it stays true when the other
    person gets a better photo, is merged or deleted.
    """
    found = gallery.look_alikes([_face_id(photo) for photo in photos])
    return [
        photo.model_copy(
            update={"look_alike": LookAlikePerson(label=one.label, similarity=one.similarity)}
        )
        if (one := found.get(_face_id(photo)))
        else photo
        for photo in photos
    ]


def _face_id(photo: Photo) -> str:
    return f"{photo.label}/{photo.id}"
