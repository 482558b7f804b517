"""Crop retention: which faces of a visit are kept as crops.

The first face is kept, until the first that is good enough to be enrolled replaces it. A visit is a
device's track, or, for pictures without a track, similar faces within a minute of the device. A
visit keeps one crop as an unknown person and one for each name. When a visit gets a name, its
crops of an unknown person are removed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from facecore.contract import Quality, SeenFace, Sighting
from facecore.vision.analyzer import AnalyzedFace
from facecore.vision.decision import Match
from facecore.vision.gallery import Embedding
from facecore.vision.image import RgbImage
from facecore.vision.quality import ENROLMENT_GATE
from facecore.vision.thumbnails import FaceCrop, crop_face, keep_aligned_crop
from recognizer.domain.ports import IgnoredFaces, KeptCrop, KeptCrops, Sightings
from recognizer.domain.ports.sightings import VISIT_DIGITS
from recognizer.use_cases.unknown_people.grouping import cosine

_WITHOUT_TRACK: Final = timedelta(minutes=1)
_ID_DIGITS: Final = 32


@dataclass(frozen=True, slots=True, eq=False)
class CropCandidate:
    """A face that passed the quality gate, with everything that a crop needs.

    Attributes:
        nearest: label of the nearest person, whatever was decided.
        crop: the aligned face crop, RGB uint8 (S, S, 3).
        image: the picture that it comes from, RGB uint8 (H, W, 3); none if crops were sent.
        tracked: whether the sighting's track belongs to this face alone.
    """

    sighting: Sighting
    nearest: str | None
    embedding: Embedding
    quality: Quality
    crop: RgbImage
    image: RgbImage | None
    tracked: bool


@dataclass(frozen=True, slots=True)
class Retained:
    """The crop kept of one face.

    Attributes:
        crop: id of the crop that shows the face; none if none is kept.
        written: whether the crop was written now.
    """

    crop: str | None
    written: bool


_NOTHING: Final = Retained(crop=None, written=False)


class CropRetention:
    """Keeps crops of the faces in recognised pictures. Thread-safe.

    Args:
        threshold: least cosine of two faces that count as one person.
    """

    def __init__(
        self, crops: KeptCrops, ignored: IgnoredFaces, sightings: Sightings, threshold: float
    ) -> None:
        self._crops = crops
        self._ignored = ignored
        self._sightings = sightings
        self._threshold = threshold

    def keep_all(
        self,
        sightings: Sequence[Sighting],
        faces: Sequence[AnalyzedFace],
        matches: Sequence[Match],
        image: RgbImage | None,
    ) -> list[Retained]:
        """Keep crops of one picture's faces; return one entry per sighting.

        Args:
            sightings: sightings without crops.
            faces: one per sighting; all passed the quality gate.
            matches: one per sighting.
            image: the picture; none if crops were sent.
        """
        alone = len(sightings) == 1
        return [
            self.keep(_candidate(sighting, face, match, image, alone=alone))
            for sighting, face, match in zip(sightings, faces, matches, strict=True)
        ]

    def keep(self, candidate: CropCandidate) -> Retained:
        """Keep a crop of the face if its visit has none as good.

        The same candidate again changes nothing, not even after the admin gave its crop to somebody
        else.
        """
        visit, label = _visit(candidate), candidate.sighting.label
        there = self._crops.of_visit(visit, label)
        same = next((crop for crop in there if self._is_same(crop, candidate)), None)
        if same is not None:
            replaced = _is_better(candidate.quality, same) and not self._is_corrected(candidate)
            return Retained(same.id, written=replaced and self._put(candidate, same.id))
        if label is None and (self._is_named(visit, candidate) or self._is_ignored(candidate)):
            return _NOTHING
        if self._is_corrected(candidate):
            return _NOTHING
        crop_id = visit + hashlib.sha256(candidate.sighting.id.encode()).hexdigest()
        crop_id = crop_id[:_ID_DIGITS]
        if not self._put(candidate, crop_id):
            return _NOTHING
        if label is not None:
            self._remove(self._crops.of_visit(visit, None), candidate)
        return Retained(crop_id, written=True)

    def _is_corrected(self, candidate: CropCandidate) -> bool:
        """Return whether the admin decided whose face it is; then the crop must not change."""
        return self._sightings.is_corrected(candidate.sighting)

    def _is_same(self, crop: KeptCrop, candidate: CropCandidate) -> bool:
        known = candidate.tracked or crop.label is not None
        return known or self._is_near(crop.embedding, candidate)

    def _is_near(self, embedding: Embedding, candidate: CropCandidate) -> bool:
        return cosine(embedding, candidate.embedding) >= self._threshold

    def _is_named(self, visit: str, candidate: CropCandidate) -> bool:
        """Return whether the visit got a name before; then it is no unknown person's."""
        if candidate.nearest is None:
            return False
        named = self._crops.of_visit(visit, candidate.nearest)
        return any(candidate.tracked or self._is_near(crop.embedding, candidate) for crop in named)

    def _is_ignored(self, candidate: CropCandidate) -> bool:
        return any(self._is_near(face.embedding, candidate) for face in self._ignored.list())

    def _remove(self, unknown_people: Sequence[KeptCrop], candidate: CropCandidate) -> None:
        for crop in unknown_people:
            if self._is_same(crop, candidate):
                self._crops.remove(crop)

    def _put(self, candidate: CropCandidate, crop_id: str) -> bool:
        picture = _picture(candidate)
        seen = candidate.sighting
        face = SeenFace(
            sighting=seen.id,
            device=seen.device,
            captured_at=seen.captured_at,
            received_at=seen.received_at,
            track=seen.track,
            decision=seen.decision,
            box=picture.box,
            quality=ENROLMENT_GATE.rejudge(candidate.quality),
        )
        crop = KeptCrop(crop_id, seen.label, face, candidate.embedding)
        return self._crops.put(crop, picture.jpeg)


def _candidate(
    sighting: Sighting, face: AnalyzedFace, match: Match, image: RgbImage | None, *, alone: bool
) -> CropCandidate:
    """Return the candidate; a track identifies its face only if the picture has one face."""
    if face.embedding is None:
        raise ValueError("a face that the gate refused leaves no crop")
    return CropCandidate(
        sighting=sighting,
        nearest=match.nearest,
        embedding=face.embedding,
        quality=face.quality,
        crop=face.crop,
        image=image,
        tracked=alone and sighting.track is not None,
    )


def _visit(candidate: CropCandidate) -> str:
    seen = candidate.sighting
    if candidate.tracked:
        parts = (seen.device, "track", str(seen.track))
    else:
        minute = int(seen.captured_at.timestamp() // _WITHOUT_TRACK.total_seconds())
        parts = (seen.device, "minute", str(minute))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:VISIT_DIGITS]


def _is_better(quality: Quality, kept: KeptCrop) -> bool:
    """Return whether only the new face may be enrolled; a smaller gain is not worth a write."""
    return ENROLMENT_GATE.rejudge(quality).accepted and not kept.face.quality.accepted


def _picture(candidate: CropCandidate) -> FaceCrop:
    if candidate.image is None:
        return keep_aligned_crop(candidate.crop)
    # The sighting's box is in pixels of this picture.
    return crop_face(candidate.image, candidate.sighting.box)
