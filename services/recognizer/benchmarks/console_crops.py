"""Part of ``console`` and ``console_aws``: the crops of visits, and the ignored faces.

Their JPEGs are two real faces, cropped by the recognizer's code. Their embeddings are synthetic:
nobody has a look-alike, except that an uncertain unknown person resembles a known one.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from facecore import samples
from facecore.contract import Quality, SeenFace
from facecore.vision.analyzer import load_analyzer
from facecore.vision.gallery import Embedding
from facecore.vision.image import decode
from facecore.vision.thumbnails import FaceCrop, crop_face
from recognizer.domain.ports import IgnoredFace, IgnoredFaces, KeptCrop, KeptCrops
from services.recognizer.benchmarks.console_visits import UNKNOWN_PEOPLE, Visit

IGNORED = 20
_SCATTER = 0.65
"""Distance of a shot from its person. Two shots of one person have a cosine of about 0.7."""
_DOUBTFUL = 0.43
"""Cosine of an uncertain unknown person to the known person whom they resemble."""
_SAMPLES = "collins", "hopper"

Vectors = NDArray[np.float32]
_Cutouts = Sequence[FaceCrop]


class FaceMaker:
    """Embeddings of everybody: unit vectors of one model, always the same.

    Args:
        people: the number of known people.
    """

    def __init__(self, model_id: str, dimension: int, people: int) -> None:
        self._model_id = model_id
        self._random = np.random.default_rng(0)
        self._known = self._directions(people, dimension)
        unknown_people, half = self._directions(UNKNOWN_PEOPLE, dimension), UNKNOWN_PEOPLE // 2
        away = np.sqrt(1 - _DOUBTFUL**2) * unknown_people[half:]
        doubtful = _unit(_DOUBTFUL * self._known[: UNKNOWN_PEOPLE - half] + away)
        self._unknown_people = np.concatenate([unknown_people[:half], doubtful])
        self._ignored = self._directions(IGNORED, dimension)

    def enrolled(self, person: int) -> Embedding:
        """Return the embedding of a person's photo."""
        return Embedding(self._model_id, self._known[person])

    def ignored(self, number: int) -> Embedding:
        """Return the embedding of an ignored face."""
        return Embedding(self._model_id, self._ignored[number])

    def shot(self, *, person: int | None, unknown_person: int | None) -> Embedding:
        """Return the embedding of a new shot of that person, or else of that unknown person."""
        own = self._unknown_people[unknown_person] if person is None else self._known[person]
        (away,) = self._directions(1, len(own))
        return Embedding(self._model_id, _unit(own + _SCATTER * away))

    def _directions(self, count: int, dimension: int) -> Vectors:
        return _unit(self._random.normal(size=(count, dimension)))


def pictures() -> list[FaceCrop]:
    """Return the crops of the real faces."""
    analyzer = load_analyzer()
    files = [samples.path(name).read_bytes() for name in _SAMPLES]
    return [crop_face(decode(file), analyzer.analyze(file).faces[0].box) for file in files]


def keep(crops: KeptCrops, visits: Iterable[Visit], faces: FaceMaker, cutouts: _Cutouts) -> None:
    """Store a crop of each of these visits, all of which have one."""
    for visit in visits:
        if visit.crop is None:
            raise ValueError(f"visit {visit.number} has no crop")
        cutout = cutouts[visit.number % len(cutouts)]
        shot = faces.shot(person=visit.person, unknown_person=visit.unknown_person)
        crops.put(KeptCrop(visit.crop, visit.label, _seen(visit, cutout), shot), cutout.jpeg)


def ignore(ignored: IgnoredFaces, faces: FaceMaker, cutouts: _Cutouts, now: datetime) -> None:
    """Ignore some faces that are none of the unknown people, and have no crop any more."""
    for number in range(IGNORED):
        face = IgnoredFace(f"{number:032x}", now, faces.ignored(number))
        ignored.add(face, cutouts[0].jpeg)


def _seen(visit: Visit, cutout: FaceCrop) -> SeenFace:
    chance = random.Random(visit.number)  # noqa: S311 - the same every time is what is wanted
    size = round(chance.uniform(80, 200))
    return SeenFace(
        sighting=visit.first_sighting,
        device=visit.device,
        captured_at=visit.began_at,
        received_at=visit.began_at,
        track=visit.track,
        decision=visit.decision,
        box=cutout.box,
        quality=Quality(accepted=True, size_px=size, sharpness=400, brightness=120, yaw=0.1),
    )


def _unit(vectors: NDArray[np.floating]) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Vectors = (vectors / lengths).astype(np.float32)
    return unit
