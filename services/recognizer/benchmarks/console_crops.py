"""Part of ``console`` and ``console_aws``: the crops that are kept of visits, and who is ignored.

Their pictures are two real faces, cut out as the recognizer does it; their embeddings are made up,
so that each person is alike to nobody but himself, and a doubtful unknown person to somebody known.
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
"""How far a shot lies off its person; two of one person have a cosine of about 0.7."""
_DOUBTFUL = 0.43
"""Cosine of an unknown person, whose name is uncertain, to the person that he resembles."""
_SAMPLES = "collins", "hopper"

Vectors = NDArray[np.float32]
_Cutouts = Sequence[FaceCrop]


class FaceMaker:
    """Embeddings of everybody, unit vectors of one model; always the same.

    Args:
        people: how many are known.
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
        """Of somebody's photo."""
        return Embedding(self._model_id, self._known[person])

    def ignored(self, number: int) -> Embedding:
        """Of somebody whom nobody wants to see."""
        return Embedding(self._model_id, self._ignored[number])

    def shot(self, *, person: int | None, unknown_person: int | None) -> Embedding:
        """One more shot of that person, or else of that unknown person."""
        own = self._unknown_people[unknown_person] if person is None else self._known[person]
        (away,) = self._directions(1, len(own))
        return Embedding(self._model_id, _unit(own + _SCATTER * away))

    def _directions(self, count: int, dimension: int) -> Vectors:
        return _unit(self._random.normal(size=(count, dimension)))


def pictures() -> list[FaceCrop]:
    """The real faces."""
    analyzer = load_analyzer()
    files = [samples.path(name).read_bytes() for name in _SAMPLES]
    return [crop_face(decode(file), analyzer.analyze(file).faces[0].box) for file in files]


def keep(crops: KeptCrops, visits: Iterable[Visit], faces: FaceMaker, cutouts: _Cutouts) -> None:
    """A crop of each of these visits, which have one."""
    for visit in visits:
        if visit.crop is None:
            raise ValueError(f"no crop is kept of visit {visit.number}")
        cutout = cutouts[visit.number % len(cutouts)]
        shot = faces.shot(person=visit.person, unknown_person=visit.unknown_person)
        crops.put(KeptCrop(visit.crop, visit.label, _seen(visit, cutout), shot), cutout.jpeg)


def ignore(ignored: IgnoredFaces, faces: FaceMaker, cutouts: _Cutouts, now: datetime) -> None:
    """Some who are none of the unknown people: of them no crop is there any more."""
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
