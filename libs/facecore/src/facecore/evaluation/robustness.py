"""Robustness: the decisions about pictures that are corrupted level by level.

Each corruption has levels; each level gives a new JPEG file. People are enrolled from good
pictures. Another picture of each is corrupted, and one picture each of as many unknown people. A
corrupted face without a name is no failure; a wrong name is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import cast

import cv2
import numpy as np
from PIL import Image

from facecore.contract import Box
from facecore.errors import DatasetError
from facecore.evaluation.dataset import Picture
from facecore.evaluation.faces import FaceCache, Faces, FoundFace, find_cached
from facecore.evaluation.identification import Counts, count
from facecore.evaluation.probes import Enrolment, candidates, draw, gallery_of, probe_gallery
from facecore.vision.analyzer import FaceAnalyzer
from facecore.vision.image import RgbImage, decode

Corrupt = Callable[[RgbImage, Box, float], RgbImage]
"""(picture, its face's box, level) → the corrupted picture."""


@dataclass(frozen=True, slots=True)
class Corruption:
    """One kind of corruption, with its levels from weak to strong.

    Attributes:
        unit: the unit of a level.
        quality: the JPEG quality of the result; None means that the level is the quality.

    """

    name: str
    unit: str
    levels: tuple[float, ...]
    corrupt: Corrupt
    quality: int | None = 95

    def file(self, image: RgbImage, box: Box, level: float) -> bytes:
        """Return the picture, corrupted at this level, as a JPEG."""
        file = BytesIO()
        corrupted = Image.fromarray(self.corrupt(image, box, level))
        corrupted.save(file, "JPEG", quality=self.quality or int(level))
        return file.getvalue()


def _shrunk(image: RgbImage, box: Box, width: float) -> RgbImage:
    scale = width / box.width
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cast(RgbImage, cv2.resize(image, size, interpolation=how))


def _blurred(image: RgbImage, box: Box, percent: float) -> RgbImage:
    return cast(RgbImage, cv2.GaussianBlur(image, (0, 0), percent / 100 * box.width))


def _as_it_is(image: RgbImage, box: Box, level: float) -> RgbImage:  # noqa: ARG001 - as all others
    return image


def _darkened(image: RgbImage, box: Box, percent: float) -> RgbImage:  # noqa: ARG001 - as all others
    return np.asarray(image * np.float32(percent / 100), np.uint8)


def _rotated(image: RgbImage, box: Box, degrees: float) -> RgbImage:
    matrix = cv2.getRotationMatrix2D(_centre(box), degrees, 1.0)
    return _warped(image, np.vstack([matrix, [0, 0, 1]]))


def _turned(image: RgbImage, box: Box, degrees: float) -> RgbImage:
    """Warp the picture as if it was seen from the side, four face widths away."""
    (x, y), away = _centre(box), 4 * box.width
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    to_middle = np.array([[1, 0, -x], [0, 1, -y], [0, 0, 1]])
    seen = np.array([[cosine, 0, 0], [0, 1, 0], [sine / away, 0, 1]])
    return _warped(image, np.linalg.inv(to_middle) @ seen @ to_middle)


def _cut(image: RgbImage, box: Box, percent: float) -> RgbImage:
    """Cut off what lies left of this share of the face's width."""
    left = round(box.x + percent / 100 * box.width)
    return np.ascontiguousarray(image[:, max(left, 0) :])


def _covered(image: RgbImage, box: Box, percent: float) -> RgbImage:
    """Cover the lower part of the face with grey."""
    covered = image.copy()
    top = round(box.y + (1 - percent / 100) * box.height)
    covered[max(top, 0) :] = 128
    return covered


def _centre(box: Box) -> tuple[float, float]:
    return box.x + box.width / 2, box.y + box.height / 2


def _warped(image: RgbImage, matrix: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> RgbImage:
    size = (image.shape[1], image.shape[0])
    return cast(
        RgbImage,
        cv2.warpPerspective(
            image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        ),
    )


CORRUPTIONS: tuple[Corruption, ...] = (
    Corruption("size", "pixels of face width", (160, 112, 80, 64, 48, 40, 32, 24), _shrunk),
    Corruption("blur", "% of face width", (0.5, 1, 1.5, 2, 3, 4), _blurred),
    Corruption("jpeg", "quality", (70, 50, 30, 20, 10, 5), _as_it_is, quality=None),
    Corruption("darkness", "% of the light", (70, 50, 35, 25, 15, 8), _darkened),
    Corruption("rotation", "degrees", (10, 20, 30, 45, 60, 90), _rotated),
    Corruption("yaw", "degrees, of the picture's plane", (20, 35, 50, 60, 70), _turned),
    Corruption("half face", "% of the width cut off", (10, 20, 30, 40, 50, 60), _cut),
    Corruption("covered", "% of the height", (10, 20, 30, 40, 50), _covered),
)


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
