"""A model's thresholds from labelled pictures.

In each of several galleries they are to name at most a given share of unknown people, give no known
person another's name if that can be, and as many their own as that allows. Sought is a pair: how
similar a match must be, and how far ahead of the second person. Every margin on a grid is tried,
with the least similarity that is strict enough for all of the galleries.
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
"""While probes are collected; what they would have been is told afterwards."""


@dataclass(frozen=True, slots=True)
class GallerySize:
    """So many people, each enrolled from so many photos."""

    people: int
    photos: int


@dataclass(frozen=True, slots=True)
class Rates:
    """What the thresholds gave in one gallery.

    Attributes:
        unknown people, known: probes of them.
        false_positive_rate: unknown people who would be named.
        false_negative_rate: probes of known people who would not be given their own name.
        named_wrong: probes of known people who would be given another's.
        known_unknown_rate: probes of known people, of those that the gate accepts, that would be
            unknown, not even uncertain.

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
    """Thresholds, and what they gave on the pictures they come from."""

    model: str
    thresholds: Thresholds
    rates: tuple[Rates, ...]


@dataclass(frozen=True, slots=True)
class _Probes:
    gallery: GallerySize
    known: Sequence[Probe]
    unknown_people: Sequence[Probe]

    def strict_enough(self, margin: float, false_positives: float) -> float:
        """The least similarity at which at most this share of unknown people is named."""
        ordered = np.sort(scores(self.unknown_people, margin))[::-1]
        refused = float(ordered[int(len(ordered) * false_positives)])
        return float(np.floor(refused * 100) + 1) / 100 if np.isfinite(refused) else 0.0

    def named(self, match: float, margin: float) -> float:
        """Share of probes of known people that are given their own name."""
        right = scores([probe for probe in self.known if nearest_is_right(probe)], margin)
        return float((right >= match).sum()) / len(self.known)

    def named_wrong(self, match: float, margin: float) -> int:
        """Probes of known people that are given another's name."""
        other = scores([probe for probe in self.known if not nearest_is_right(probe)], margin)
        return int((other >= match).sum())

    def unknown_below(self, share: float) -> float:
        """The similarity that this share of probes of known people stays below."""
        below = float(np.quantile(self._compared(), share, method="lower"))
        return float(np.floor(below * 100)) / 100

    def rates(self, limits: Thresholds) -> Rates:
        """What the thresholds give here."""
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
        """How similar the known are to whom they are nearest, if the gate accepts them."""
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
        model_id: of the faces.
        faces: of more people than are enrolled.
        galleries: at least one; the rates hold in each.
        false_positives: the share of unknown people that may be named.
        unknown: the share of probes of known people that may be told unknown.
        seed: of the draw.

    Raises:
        DatasetError: there are too few people for a gallery, too few unknown people to tell so
        small a
            share, no usable probe of a known person, or one person under two labels.

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
            "unknown people are as similar as a picture is to itself: "
            "somebody is there under two labels"
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
            f"{len(unknown_people)} probes of unknown people can't tell a share of "
            f"{false_positives:g}; give more pictures of more people, or allow more false positives"
        )
    if all(probe.match is None for probe in known):
        raise DatasetError("the gate refuses every picture that is left of the people enrolled")
    return _Probes(gallery, known, unknown_people)
