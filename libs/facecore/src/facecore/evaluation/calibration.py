"""Derive a model's thresholds from labelled pictures.

The thresholds must hold in each of several galleries. They name at most a given share of unknown
people. Among such thresholds, those with the fewest misidentifications of known people are taken,
and among these the ones that name most known people. The search tries every margin on a grid, each
with the least similarity that keeps the share of unknown people in all galleries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facecore.errors import DatasetError
from facecore.evaluation.faces import Faces
from facecore.evaluation.probes import Probe, draw_probes, nearest_is_right, scores
from facecore.models import Thresholds

_MARGINS = tuple(round(step * 0.02, 2) for step in range(16))
_NAMES_NOBODY = Thresholds(match=1.0, uncertain=-1.0, margin=0.0)
"""Used while probes are collected; the decisions are derived from their similarities later."""


@dataclass(frozen=True, slots=True)
class GallerySize:
    """Number of people in a gallery, and number of photos of each."""

    people: int
    photos: int


@dataclass(frozen=True, slots=True)
class Rates:
    """Error rates of the thresholds in one gallery.

    Attributes:
        unknown_people, known: number of probes of unknown and of known people.
        false_positive_rate: share of probes of unknown people that are named.
        false_negative_rate: share of probes of known people that do not get their own name.
        named_wrong: number of probes of known people that get another person's name.
        known_unknown_rate: share of the accepted probes of known people that are unknown, not even
            uncertain.

    """

    gallery: GallerySize
    unknown_people: int
    known: int
    false_positive_rate: float
    false_negative_rate: float
    named_wrong: int
    known_unknown_rate: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Thresholds, and their error rates on the pictures that they were derived from."""

    model: str
    thresholds: Thresholds
    rates: tuple[Rates, ...]


@dataclass(frozen=True, slots=True)
class _Probes:
    gallery: GallerySize
    known: Sequence[Probe]
    unknown_people: Sequence[Probe]

    def strict_enough(self, margin: float, false_positives: float) -> float:
        """Return the least similarity that names at most this share of unknown people."""
        ordered = np.sort(scores(self.unknown_people, margin))[::-1]
        refused = float(ordered[int(len(ordered) * false_positives)])
        return float(np.floor(refused * 100) + 1) / 100 if np.isfinite(refused) else 0.0

    def named(self, match: float, margin: float) -> float:
        """Return the share of probes of known people that get their own name."""
        right = scores([probe for probe in self.known if nearest_is_right(probe)], margin)
        return float((right >= match).sum()) / len(self.known)

    def named_wrong(self, match: float, margin: float) -> int:
        """Count the probes of known people that get another person's name."""
        other = scores([probe for probe in self.known if not nearest_is_right(probe)], margin)
        return int((other >= match).sum())

    def unknown_below(self, share: float) -> float:
        """Return the similarity below which this share of probes of known people lies."""
        below = float(np.quantile(self._compared(), share, method="lower"))
        return float(np.floor(below * 100)) / 100

    def rates(self, limits: Thresholds) -> Rates:
        """Return the error rates of the thresholds in this gallery."""
        named = scores(self.unknown_people, limits.margin) >= limits.match
        return Rates(
            gallery=self.gallery,
            unknown_people=len(self.unknown_people),
            known=len(self.known),
            false_positive_rate=float(named.mean()),
            false_negative_rate=1 - self.named(limits.match, limits.margin),
            named_wrong=self.named_wrong(limits.match, limits.margin),
            known_unknown_rate=float((self._compared() < limits.uncertain).mean()),
        )

    def _compared(self) -> NDArray[np.float64]:
        """Return the similarities of accepted probes of known people to the nearest person."""
        compared = scores(self.known, 0.0)
        return compared[np.isfinite(compared)]


def calibrate(
    model_id: str,
    faces: Faces,
    galleries: Sequence[GallerySize],
    *,
    false_positives: float,
    unknown: float,
    seed: int,
) -> Calibration:
    """Derive thresholds.

    Args:
        model_id: the model of the faces.
        faces: faces of more people than are enrolled.
        galleries: at least one; the rates hold in each.
        false_positives: the share of unknown people that may be named.
        unknown: the share of probes of known people that may be unknown.
        seed: seed of the random draw.

    Raises:
        DatasetError: there are too few people for a gallery, too few unknown people to measure so
            small a share, no usable probe of a known person, or one person under two labels.

    """
    every = [_probes(faces, gallery, false_positives, seed) for gallery in galleries]
    found = []
    for margin in _MARGINS:
        match = max(probes.strict_enough(margin, false_positives) for probes in every)
        wrong = sum(probes.named_wrong(match, margin) for probes in every)
        named = float(np.mean([probes.named(match, margin) for probes in every]))
        found.append((-wrong, named, match, margin))
    _, _, match, margin = max(found)
    if match > 1:
        raise DatasetError(
            "unknown people are as similar as a picture is to itself: one person has two labels"
        )
    uncertain = min(match, *(probes.unknown_below(unknown) for probes in every))
    limits = Thresholds(match=match, uncertain=uncertain, margin=margin)
    return Calibration(model_id, limits, tuple(probes.rates(limits) for probes in every))


def _probes(faces: Faces, gallery: GallerySize, false_positives: float, seed: int) -> _Probes:
    probes, _ = draw_probes(
        _NAMES_NOBODY, faces, people=gallery.people, photos=gallery.photos, seed=seed
    )
    known = [probe for probe in probes if probe.known]
    unknown_people = [probe for probe in probes if not probe.known]
    if len(unknown_people) * false_positives < 1:
        raise DatasetError(
            f"{len(unknown_people)} probes of unknown people are too few to measure a share of "
            f"{false_positives:g}; give more pictures of more people, or allow more false positives"
        )
    if all(probe.match is None for probe in known):
        raise DatasetError("the quality gate refuses all remaining pictures of the enrolled people")
    return _Probes(gallery, known, unknown_people)
