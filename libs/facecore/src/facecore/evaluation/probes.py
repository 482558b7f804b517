"""Enrol people at random, and compare probes of known and unknown people with the gallery.

One picture is one probe. A face that the quality gate refuses counts as not named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facecore.errors import DatasetError
from facecore.evaluation.dataset import Picture
from facecore.evaluation.faces import Faces, FoundFace
from facecore.models import Thresholds
from facecore.vision.decision import Match
from facecore.vision.gallery import Gallery
from facecore.vision.quality import ENROLMENT_GATE

_PROBES = 1000
"""Number of probes of known people to reach; people are drawn again until there are so many."""
_DRAWS = 20


@dataclass(frozen=True, slots=True)
class Probe:
    """One picture compared with one gallery.

    Attributes:
        picture: the picture.
        known: whether its person is enrolled.
        match: the decision; None if there was no face or the quality gate refused it.

    """

    picture: Picture
    known: bool
    match: Match | None

    @property
    def right(self) -> bool:
        """Whether the probe got its own person's name."""
        return self.match is not None and self.match.label == self.picture.label


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The enrolled pictures by label, the other pictures of these people, and unknown people's."""

    enrolled: Mapping[str, Sequence[Picture]]
    known: Sequence[Picture]
    unknown_people: Sequence[Picture]


def draw_probes(
    thresholds: Thresholds, faces: Faces, *, people: int, photos: int, seed: int
) -> tuple[list[Probe], int]:
    """Draw people until there are enough probes; return the probes and the number of draws."""
    random = np.random.default_rng([seed, people, photos])
    probes: list[Probe] = []
    draws = 0
    while draws == 0 or (draws < _DRAWS and sum(probe.known for probe in probes) < _PROBES):
        drawn = draw(faces, people=people, photos=photos, random=random)
        gallery = gallery_of(thresholds, faces, drawn.enrolled)
        probes += probe_gallery(gallery, faces, drawn.known, known=True)
        probes += probe_gallery(gallery, faces, drawn.unknown_people, known=False)
        draws += 1
    return probes, draws


def draw(faces: Faces, *, people: int, photos: int, random: np.random.Generator) -> Enrolment:
    """Draw the people to enrol, and their photos from those that the enrolment gate accepts.

    Raises:
        DatasetError: too few people have enough pictures.

    """
    able = candidates(faces, photos)
    if len(able) < people:
        raise DatasetError(
            f"{len(able)} people can be enrolled from {photos} pictures with one to spare; "
            f"{people} are needed"
        )
    names = random.choice(sorted(able), people, replace=False)
    enrolled = {
        str(name): [able[name][n] for n in random.permutation(len(able[name]))[:photos]]
        for name in names
    }
    taken = {picture for pictures in enrolled.values() for picture in pictures}
    known = [p for p in faces if p.label in enrolled and p not in taken]
    return Enrolment(enrolled, known, [p for p in faces if p.label not in enrolled])


def gallery_of(
    thresholds: Thresholds, faces: Faces, enrolled: Mapping[str, Sequence[Picture]]
) -> Gallery:
    """Return a gallery of these people's photos, as in the recognizer."""
    photos = [
        (str(picture.path), picture.label, face.embedding)
        for pictures in enrolled.values()
        for picture in pictures
        if (face := faces[picture]) is not None
    ]
    embedding = photos[0][2]
    gallery = Gallery(embedding.model_id, len(embedding.vector), thresholds)
    gallery.extend(photos)
    return gallery


def probe_gallery(
    gallery: Gallery, faces: Faces, pictures: Sequence[Picture], *, known: bool
) -> Iterator[Probe]:
    """Compare pictures with a gallery, each as its own frame."""
    for picture in pictures:
        yield Probe(picture, known, _match(gallery, faces[picture]))


def candidates(faces: Faces, photos: int) -> dict[str, list[Picture]]:
    """Return the people who can be enrolled, with their pictures.

    A person needs ``photos`` pictures that the enrolment gate accepts, and one more for a probe.
    """
    usable: dict[str, list[Picture]] = {}
    pictures: dict[str, int] = {}
    for picture, face in faces.items():
        pictures[picture.label] = pictures.get(picture.label, 0) + 1
        if face is not None and ENROLMENT_GATE.rejudge(face.quality).accepted:
            usable.setdefault(picture.label, []).append(picture)
    return {
        label: found
        for label, found in usable.items()
        if len(found) >= photos and pictures[label] > photos
    }


def nearest_is_right(probe: Probe) -> bool:
    """Return whether the probe's own person is nearest, whatever the decision."""
    return probe.match is not None and probe.match.nearest == probe.picture.label


def scores(probes: Sequence[Probe], margin: float) -> NDArray[np.float64]:
    """Return each probe's similarity, float64 (N,); -inf if it could not be named."""
    return np.array([_score(probe.match, margin) for probe in probes])


def _score(match: Match | None, margin: float) -> float:
    if match is None or match.similarity is None:
        return -np.inf
    if match.margin is not None and match.margin < margin:
        return -np.inf
    return match.similarity


def _match(gallery: Gallery, face: FoundFace | None) -> Match | None:
    if face is None or not face.quality.accepted:
        return None
    (match,) = gallery.match([face.embedding])
    return match
