"""Re-embedding: after a change of model, embed every stored photo again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from facecore.contract import Photo
from facecore.errors import ImageError
from facecore.vision.analyzer import AnalyzedFace
from facecore.vision.gallery import Embedding
from recognizer.domain.errors import PhotoNotFound
from recognizer.domain.ports import EnrolledFace, Faces, Vision


@dataclass(frozen=True, slots=True)
class Reembedded:
    """The result for one photo.

    Attributes:
        done: number of photos processed, this one included, out of ``total``.
        problem: why the photo was left as it was; none if it was embedded.
    """

    photo: Photo
    done: int
    total: int
    problem: str | None


def reembed(vision: Vision, faces: Faces) -> Iterator[Reembedded]:
    """Embed every photo that another model embedded, and yield each result.

    It can be stopped and run again. The enrolment gate is not applied again: the photo was
    accepted once, so its largest usable face is taken.
    """
    outdated = faces.outdated(vision.model_id)
    for done, photo in enumerate(outdated, start=1):
        yield Reembedded(photo, done, len(outdated), _reembed_one(vision, faces, photo))


def _reembed_one(vision: Vision, faces: Faces, photo: Photo) -> str | None:
    try:
        found = vision.analyze(faces.picture(photo.label, photo.id)).faces
        usable = next(((f, f.embedding) for f in found if f.embedding is not None), None)
        if usable is None:
            return "the model finds no usable face in it; send another photo of the person"
        faces.replace(_renewed(photo, *usable))
    except PhotoNotFound:
        return "it was removed meanwhile"
    except ImageError as error:
        return str(error)
    return None


def _renewed(photo: Photo, face: AnalyzedFace, embedding: Embedding) -> EnrolledFace:
    changes = {"model": embedding.model_id, "box": face.box, "quality": face.quality}
    return EnrolledFace(photo.model_copy(update=changes), embedding)
