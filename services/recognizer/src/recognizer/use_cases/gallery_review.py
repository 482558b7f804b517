"""Review of the gallery: look-alikes, and photos that are odd or poor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facecore.contract import Photo, QualityReason
from facecore.models import Thresholds
from facecore.vision.quality import ENROLMENT_GATE
from recognizer.domain.ports import GallerySnapshot

_ROWS = 512
"""Photos compared with all others at once, which bounds the memory."""


@dataclass(frozen=True, slots=True)
class LookAlikePair:
    """Two people whose nearest photos are as similar as a match, so they may be confused."""

    first: str
    second: str
    similarity: float


@dataclass(frozen=True, slots=True)
class OddPhoto:
    """A photo whose similarity to all the person's other photos is below ``uncertain``.

    Attributes:
        similarity: similarity to the nearest of them.
    """

    label: str
    photo: str
    similarity: float


@dataclass(frozen=True, slots=True)
class PoorPhoto:
    """A photo that enrolment would refuse today, and why."""

    label: str
    photo: str
    reasons: tuple[QualityReason, ...]


@dataclass(frozen=True, slots=True)
class GalleryReview:
    """The result of a review.

    Attributes:
        people, photos: number of people and photos in the gallery.
        outdated: number of photos left out because another model embedded them.
        single: people with one photo, who are recognised least often.
    """

    people: int
    photos: int
    outdated: int
    look_alikes: tuple[LookAlikePair, ...]
    odd: tuple[OddPhoto, ...]
    poor: tuple[PoorPhoto, ...]
    single: tuple[str, ...]

    @property
    def well(self) -> bool:
        """Whether nothing needs attention."""
        return not (self.outdated or self.look_alikes or self.odd or self.poor)


def review(
    snapshot: GallerySnapshot, photos: Iterable[Photo], thresholds: Thresholds
) -> GalleryReview:
    """Compare every embedding with every other, and check the photos by the enrolment gate."""
    labels = np.array(snapshot.labels)
    counts = {
        str(label): int(n) for label, n in zip(*np.unique(labels, return_counts=True), strict=True)
    }
    nearest: dict[tuple[str, str], float] = {}
    odd: list[OddPhoto] = []
    for row, similar in _rows(snapshot.vectors):
        own = labels == labels[row]
        _note_look_alikes(nearest, labels, row, np.where(own, -1.0, similar), thresholds.match)
        own[row] = False
        if own.any() and (best := float(similar[own].max())) < thresholds.uncertain:
            label, _, photo = snapshot.face_ids[row].partition("/")
            odd.append(OddPhoto(label, photo, similarity=best))
    look_alikes = [LookAlikePair(*pair, similarity=value) for pair, value in nearest.items()]
    return GalleryReview(
        people=len(counts),
        photos=len(labels),
        outdated=snapshot.outdated,
        look_alikes=tuple(sorted(look_alikes, key=lambda pair: -pair.similarity)),
        odd=tuple(sorted(odd, key=lambda photo: photo.similarity)),
        poor=tuple(_poor(photos)),
        single=tuple(sorted(label for label, count in counts.items() if count == 1)),
    )


def _poor(photos: Iterable[Photo]) -> Iterator[PoorPhoto]:
    for photo in photos:
        judged = ENROLMENT_GATE.rejudge(photo.quality)
        if not judged.accepted:
            yield PoorPhoto(photo.label, photo.id, tuple(judged.reasons))


def _rows(vectors: NDArray[np.float32]) -> Iterator[tuple[int, NDArray[np.float32]]]:
    for start in range(0, len(vectors), _ROWS):
        block = vectors[start : start + _ROWS] @ vectors.T
        yield from ((start + row, similar) for row, similar in enumerate(block))


def _note_look_alikes(
    nearest: dict[tuple[str, str], float],
    labels: NDArray[np.str_],
    row: int,
    similar: NDArray[np.float32],
    match: float,
) -> None:
    for other in np.flatnonzero(similar >= match):
        first, second = sorted((str(labels[row]), str(labels[other])))
        nearest[first, second] = max(nearest.get((first, second), -1.0), float(similar[other]))
