"""Robustness: the decisions about pictures that are corrupted level by level.

People are enrolled from good pictures. Another picture of each is corrupted, and one picture each
of as many unknown people. A corrupted face without a name is no failure; a wrong name is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from facecore.contract import Box
from facecore.errors import DatasetError
from facecore.evaluation.corruptions import CORRUPTIONS
from facecore.evaluation.dataset import Picture
from facecore.evaluation.face_cache import FaceCache, FoundFace
from facecore.evaluation.faces import Faces, find_cached
from facecore.evaluation.identification import Counts, count
from facecore.evaluation.probes import Enrolment, candidates, draw, gallery_of, probe_gallery
from facecore.vision.analyzer import FaceAnalyzer
from facecore.vision.image import RgbImage, decode

PEOPLE = 60
"""Most people enrolled, and most unknown people."""
PHOTOS = 3


@dataclass(frozen=True, slots=True)
class LevelResult:
    """The decisions about the pictures at one level of a corruption.

    Attributes:
        without_face: pictures in which no face was found; they count as refused.
        reasons: refusals of the quality gate by reason.

    """

    corruption: str
    unit: str
    level: float
    known: Counts
    unknown_people: Counts
    without_face: int
    reasons: dict[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class _Subject:
    picture: Picture
    image: RgbImage
    box: Box


def measure_robustness(
    analyzer: FaceAnalyzer,
    faces: Faces,
    kept: FaceCache,
    *,
    workers: int,
    seed: int,
    progress: Callable[[int, int], None],
) -> Iterator[LevelResult]:
    """Measure every level of every corruption. It can be interrupted and resumed.

    Raises:
        DatasetError: nobody has enough pictures.

    """
    drawn = _drawn(faces, seed)
    gallery = gallery_of(analyzer.thresholds, faces, drawn.enrolled)
    subjects = [_subject(picture, faces) for picture in (*drawn.known, *drawn.unknown_people)]
    levels = [(kind, level) for kind in CORRUPTIONS for level in kind.levels]
    with ThreadPoolExecutor(workers) as pool:
        for done, (kind, level) in enumerate(levels, start=1):
            files = [(s.picture.name, kind.file(s.image, s.box, level)) for s in subjects]
            found = find_cached(analyzer, files, kept, pool)
            corrupted = dict(zip((s.picture for s in subjects), found, strict=True))
            yield LevelResult(
                corruption=kind.name,
                unit=kind.unit,
                level=level,
                known=count(list(probe_gallery(gallery, corrupted, drawn.known, known=True))),
                unknown_people=count(
                    list(probe_gallery(gallery, corrupted, drawn.unknown_people, known=False))
                ),
                without_face=found.count(None),
                reasons=_reasons(found),
            )
            progress(done, len(levels))


def _drawn(faces: Faces, seed: int) -> Enrolment:
    """Draw the enrolled people, one probe of each, and one probe of as many unknown people."""
    people = min(PEOPLE, len(candidates(faces, PHOTOS)) // 2)
    if people < 1:
        raise DatasetError(
            f"nobody can be enrolled from {PHOTOS} pictures with one to spare; robustness needs "
            "two such people"
        )
    random = np.random.default_rng([seed, people])
    drawn = draw(faces, people=people, photos=PHOTOS, random=random)
    known, unknown_people = (
        _one_each(pictures, faces) for pictures in (drawn.known, drawn.unknown_people)
    )
    chosen = random.permutation(len(unknown_people))[:people]
    return Enrolment(drawn.enrolled, known, [unknown_people[n] for n in chosen])


def _one_each(pictures: Sequence[Picture], faces: Faces) -> list[Picture]:
    """Return the first usable picture of each person."""
    first: dict[str, Picture] = {}
    for picture in pictures:
        face = faces[picture]
        if face is not None and face.quality.accepted:
            first.setdefault(picture.label, picture)
    return list(first.values())


def _subject(picture: Picture, faces: Faces) -> _Subject:
    face = faces[picture]
    if face is None:
        raise DatasetError(f"{picture.name} shows no face")
    return _Subject(picture, decode(picture.path.read_bytes()), face.box)


def _reasons(found: Sequence[FoundFace | None]) -> dict[str, int]:
    refused = Counter(
        str(reason) for face in found if face is not None for reason in face.quality.reasons
    )
    return dict(refused.most_common())
