"""The arithmetic of verification, on pairs with known results."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from facecore.evaluation.dataset import Pair, Picture, Protocol
from facecore.evaluation.faces import FoundFace
from facecore.evaluation.verification import (
    area_under,
    best_threshold,
    equal_error,
    roc,
    true_accepts_at,
    verify,
)

from .hand_made import face

SIMILAR = np.array([0.9, 0.8, 0.7, 0.35, 0.6, 0.3, 0.2, 0.1])
SAME = np.array([True, True, True, True, False, False, False, False])


def test_the_best_threshold_makes_the_fewest_errors() -> None:
    without_a_tie = np.arange(8) != 3
    assert best_threshold(SIMILAR[without_a_tie], SAME[without_a_tie]) == pytest.approx(0.65)
    assert best_threshold(SIMILAR[:3], SAME[:3]) == pytest.approx(0.7)
    assert best_threshold(SIMILAR[4:], SAME[4:]) > 0.6


def test_the_curve_counts_both_rates_at_each_threshold() -> None:
    curve = roc(SIMILAR, SAME)
    assert curve.true_accepts.tolist() == [0.25, 0.5, 0.75, 0.75, 1, 1, 1, 1]
    assert curve.false_accepts.tolist() == [0, 0, 0, 0.25, 0.25, 0.5, 0.75, 1]
    assert area_under(curve) == pytest.approx(15 / 16)
    assert equal_error(curve) == pytest.approx(0.25)
    strict, loose = true_accepts_at(curve, 0.1), true_accepts_at(curve, 0.25)
    assert (strict.rate, loose.rate) == (0.75, 1.0)
    assert [strict.threshold, loose.threshold] == pytest.approx([0.7, 0.35])


def test_equal_similarities_are_accepted_together() -> None:
    curve = roc(np.array([0.5, 0.5, 0.1]), np.array([True, False, False]))
    assert curve.true_accepts.tolist() == [1, 1]
    assert curve.false_accepts.tolist() == [0.5, 1]
    assert true_accepts_at(curve, 0.1).rate == 0


def test_a_fold_is_tried_with_the_threshold_of_the_others() -> None:
    """Two folds at thresholds 0.5 and 0.85: each judged by the other's makes one error of four."""
    low, high = (0.6, 0.7, 0.3, 0.4), (0.9, 0.95, 0.7, 0.8)
    faces, folds = _folds(low, high)
    result = verify(Protocol("two folds", folds), faces)
    assert result.accuracy == pytest.approx((2 / 4 + 2 / 4) / 2)
    assert (result.pairs, result.deviation, result.without_face) == (8, 0, 0)
    fixed = verify(Protocol("fixed", folds, fixed=True), faces)
    assert (fixed.pairs, fixed.accuracy) == (4, 0.5)
    assert {same for _, _, same in fixed.wrong} == {False}


def test_a_pair_without_a_face_is_counted_separately() -> None:
    faces, folds = _folds((0.9, 0.9, 0.1, 0.1), (0.9, 0.9, 0.1, 0.1))
    faces[folds[1][0].second] = None
    faces[folds[1][2].second] = None
    result = verify(Protocol("fixed", folds, fixed=True), faces)
    assert (result.without_face, result.accuracy) == (2, 0.75)
    assert result.wrong == ((folds[1][0].first.name, folds[1][0].second.name, True),)


def _folds(
    *similar: tuple[float, ...],
) -> tuple[dict[Picture, FoundFace | None], tuple[tuple[Pair, ...], ...]]:
    """Return folds of pairs of these similarities; the first half of each is of one person."""
    faces: dict[Picture, FoundFace | None] = {}
    folds = []
    for fold, values in enumerate(similar):
        pairs = []
        for number, value in enumerate(values):
            one, other = (Picture("p", Path(f"{fold}-{number}-{which}.jpg")) for which in "ab")
            faces[one], faces[other] = face(1.0), face(value)
            pairs.append(Pair(one, other, same=number < len(values) // 2))
        folds.append(tuple(pairs))
    return faces, tuple(folds)
