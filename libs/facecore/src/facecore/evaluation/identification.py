"""Open-set identification: some people are enrolled, the rest are unknown people; who is named?

Terms are ISO/IEC 19795-1's and NIST's (Grother, Ngan, Hanaoka, "Face Recognition Vendor Test Part
2: Identification", NISTIR 8271, 2019). False-positive identification rate (FPIR): unknown people
who are named, of all unknown people. False-negative identification rate (FNIR): pictures of
enrolled people who are not given their own name, of all such pictures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from facecore.contract import Decision
from facecore.evaluation.faces import Faces
from facecore.evaluation.probes import Probe, candidates, draw_probes, nearest_is_right, scores
from facecore.models import Thresholds

SIZES = (10, 30, 100, 300, 1000)
"""People enrolled; the last measurement takes all there are."""
PHOTOS = (1, 3, 5)
"""Pictures that each of them is enrolled from."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of some pictures."""

    looks: int
    named_right: int
    named_wrong: int
    uncertain: int
    unknown: int
    refused: int


@dataclass(frozen=True, slots=True)
class Identification:
    """What one size of gallery gave.

    Attributes:
        people: how many are enrolled, each from ``photos`` pictures.
        draws: how often other people were drawn; the counts are of all draws together.
        false_positive_rate: FPIR, unknown people named of all unknown people.
        false_negative_rate: FNIR, probes of enrolled people who were not given their own name.
        missed_of_accepted: the same without the probes that the gate refused.
        curve: for rising thresholds, (threshold, FPIR, FNIR); the margin as it is.
        wrong_names: pictures named wrongly, with the name they were given and the similarity.

    """

    people: int
    photos: int
    draws: int
    false_positive_rate: float
    false_negative_rate: float
    missed_of_accepted: float
    known: Counts
    unknown_people: Counts
    curve: tuple[tuple[float, float, float], ...]
    wrong_names: tuple[tuple[str, str, float], ...]


def identify(thresholds: Thresholds, faces: Faces, *, seed: int) -> Iterator[Identification]:
    """Measure every size of gallery and number of photos that the pictures suffice for."""
    for photos in PHOTOS:
        able = len(candidates(faces, photos))
        for people in [size for size in SIZES if size < able] + [able] * (able > 0):
            yield measure(thresholds, faces, people=people, photos=photos, seed=seed)


def measure(
    thresholds: Thresholds, faces: Faces, *, people: int, photos: int, seed: int
) -> Identification:
    """Enrol people drawn by lot, and name all other pictures."""
    probes, draws = draw_probes(thresholds, faces, people=people, photos=photos, seed=seed)
    known = count([probe for probe in probes if probe.known])
    unknown_people = count([probe for probe in probes if not probe.known])
    return Identification(
        people=people,
        photos=photos,
        draws=draws,
        false_positive_rate=unknown_people.named_wrong / max(unknown_people.looks, 1),
        false_negative_rate=1 - known.named_right / max(known.looks, 1),
        missed_of_accepted=1 - known.named_right / max(known.looks - known.refused, 1),
        known=known,
        unknown_people=unknown_people,
        curve=tuple(trade_off(probes, thresholds.margin)),
        wrong_names=tuple(sorted(set(_wrong_names(probes)))),
    )


def trade_off(probes: Sequence[Probe], margin: float) -> Iterator[tuple[float, float, float]]:
    """For rising thresholds of a match, both rates; a smaller margin than this names nobody."""
    unknown_people = scores([probe for probe in probes if not probe.known], margin)
    right = scores([probe for probe in probes if probe.known and nearest_is_right(probe)], margin)
    known = sum(probe.known for probe in probes)
    for threshold in np.linspace(0, 1, 101):
        named = float((unknown_people >= threshold).mean()) if len(unknown_people) else 0.0
        missed = 1 - float((right >= threshold).sum()) / max(known, 1)
        yield float(threshold), named, missed


def count(probes: Sequence[Probe]) -> Counts:
    """Sort probes by what became of them."""
    decided = [probe.match.decision for probe in probes if probe.match is not None]
    return Counts(
        looks=len(probes),
        named_right=sum(probe.right for probe in probes),
        named_wrong=sum(_is_wrong(probe) for probe in probes),
        uncertain=decided.count(Decision.UNCERTAIN),
        unknown=decided.count(Decision.UNKNOWN),
        refused=len(probes) - len(decided),
    )


def _is_wrong(probe: Probe) -> bool:
    return probe.match is not None and probe.match.label is not None and not probe.right


def _wrong_names(probes: Sequence[Probe]) -> Iterator[tuple[str, str, float]]:
    for probe in probes:
        if _is_wrong(probe) and probe.match is not None:
            yield (
                probe.picture.name,
                str(probe.match.label),
                round(probe.match.similarity or 0.0, 3),
            )
