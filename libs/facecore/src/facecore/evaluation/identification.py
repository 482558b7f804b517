"""Open-set identification: some people are enrolled, the others are unknown; who is named?

Terms are those of ISO/IEC 19795-1 and NIST (Grother, Ngan, Hanaoka, "Face Recognition Vendor Test
Part 2: Identification", NISTIR 8271, 2019). False-positive identification rate (FPIR): the
share of probes of unknown people that are named. False-negative identification rate (FNIR): the
share of probes of enrolled people that do not get their own name.
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
"""Numbers of people enrolled; the last measurement enrols everybody who can be."""
PHOTOS = (1, 3, 5)
"""Numbers of enrolment photos for each person."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of the decisions about some probes."""

    probes: int
    named_right: int
    named_wrong: int
    uncertain: int
    unknown: int
    refused: int


@dataclass(frozen=True, slots=True)
class Identification:
    """The result for one gallery size.

    Attributes:
        people: number of enrolled people, each with ``photos`` photos.
        draws: number of random draws of people; the counts are the totals of all draws.
        false_positive_rate: FPIR, the share of probes of unknown people that were named.
        false_negative_rate: FNIR, the share of probes of enrolled people without their own name.
        missed_of_accepted: FNIR without the probes that the quality gate refused.
        curve: (threshold, FPIR, FNIR) for rising thresholds, at the model's margin.
        wrong_names: misidentified pictures, each with the wrong name and the similarity.

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
    """Measure every gallery size and number of photos for which there are enough pictures."""
    for photos in PHOTOS:
        able = len(candidates(faces, photos))
        for people in [size for size in SIZES if size < able] + [able] * (able > 0):
            yield measure(thresholds, faces, people=people, photos=photos, seed=seed)


def measure(
    thresholds: Thresholds, faces: Faces, *, people: int, photos: int, seed: int
) -> Identification:
    """Enrol people at random and identify all other pictures."""
    probes, draws = draw_probes(thresholds, faces, people=people, photos=photos, seed=seed)
    known = count([probe for probe in probes if probe.known])
    unknown_people = count([probe for probe in probes if not probe.known])
    return Identification(
        people=people,
        photos=photos,
        draws=draws,
        false_positive_rate=unknown_people.named_wrong / max(unknown_people.probes, 1),
        false_negative_rate=1 - known.named_right / max(known.probes, 1),
        missed_of_accepted=1 - known.named_right / max(known.probes - known.refused, 1),
        known=known,
        unknown_people=unknown_people,
        curve=tuple(trade_off(probes, thresholds.margin)),
        wrong_names=tuple(sorted(set(_wrong_names(probes)))),
    )


def trade_off(probes: Sequence[Probe], margin: float) -> Iterator[tuple[float, float, float]]:
    """Yield (threshold, FPIR, FNIR) for rising thresholds; ``margin`` is the least margin."""
    unknown_people = scores([probe for probe in probes if not probe.known], margin)
    right = scores([probe for probe in probes if probe.known and nearest_is_right(probe)], margin)
    known = sum(probe.known for probe in probes)
    for threshold in np.linspace(0, 1, 101):
        named = float((unknown_people >= threshold).mean()) if len(unknown_people) else 0.0
        missed = 1 - float((right >= threshold).sum()) / max(known, 1)
        yield float(threshold), named, missed


def count(probes: Sequence[Probe]) -> Counts:
    """Count the probes by decision."""
    decided = [probe.match.decision for probe in probes if probe.match is not None]
    return Counts(
        probes=len(probes),
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
