"""Photos that resemble somebody else, told with the photos.

Nothing of it is kept: it is worked out whenever photos are told, from the gallery as it is then. So
it stays true when the other person gets a better photo, is merged or deleted.
"""

from __future__ import annotations

from collections.abc import Sequence

from facecore.contract import AlikePerson, Photo
from facecore.gallery import Gallery


def flagged(gallery: Gallery, photos: Sequence[Photo]) -> list[Photo]:
    """The photos, each with the nearest other person if a recognition could hesitate."""
    found = gallery.alike([_face_id(photo) for photo in photos])
    return [
        photo.model_copy(update={"alike": AlikePerson(label=one.label, similarity=one.similarity)})
        if (one := found.get(_face_id(photo)))
        else photo
        for photo in photos
    ]


def _face_id(photo: Photo) -> str:
    return f"{photo.label}/{photo.id}"
